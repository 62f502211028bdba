package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.Prompt.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The turns of conversations, bounded, in the journal's store.
 *
 * <p>A leading system message stays; of the others the oldest are forgotten first.
 *
 * <p>Threading: stream thread only.
 */
public final class Sessions {

    private final KeyValueStore<Bytes, byte[]> store;
    private final SessionBounds bounds;
    private final Map<String, Long> lastTurnMs = new HashMap<>();

    public Sessions(KeyValueStore<Bytes, byte[]> store, SessionBounds bounds) {
        this.store = store;
        this.bounds = bounds;
    }

    /** Rebuilds the order of the last turns. */
    public void restore() {
        lastTurnMs.clear();
        try (KeyValueIterator<Bytes, byte[]> all =
                store.range(JournalKeys.startOfSessions(), JournalKeys.endOfSessions())) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> next = all.next();
                lastTurnMs.put(JournalKeys.nameOf(next.key), new ByteReader(next.value).varint());
            }
        }
    }

    /** The turns so far, oldest first; empty for a new conversation. */
    public List<Message> history(String session) {
        byte[] encoded = store.get(JournalKeys.session(session));
        List<Message> messages = new ArrayList<>();
        if (encoded != null) {
            ByteReader in = new ByteReader(encoded);
            in.varint();
            while (in.hasRemaining()) {
                messages.add(MessageCodec.read(in));
            }
        }
        return messages;
    }

    /**
     * Keeps a finished turn.
     *
     * @param inUse conversations that must stay, whatever the bounds
     */
    public void append(String session, List<Message> turn, long nowMs, Predicate<String> inUse) {
        if (bounds.maxMessages() == 0) {
            return;
        }
        List<Message> messages = history(session);
        boolean newSystem = isSystem(turn) && isSystem(messages);
        messages.addAll(newSystem ? turn.subList(1, turn.size()) : turn);
        if (newSystem) {
            messages.set(0, turn.get(0));
        }
        while (messages.size() > 1 && (messages.size() > bounds.maxMessages() || bytes(messages) > bounds.maxBytes())) {
            forgetOldest(messages);
        }
        ByteWriter out = new ByteWriter().varint(nowMs);
        for (Message each : messages) {
            MessageCodec.write(out, each);
        }
        store.put(JournalKeys.session(session), out.toByteArray());
        lastTurnMs.put(session, nowMs);
        evict(nowMs, inUse);
    }

    /** Drops the oldest message that is no leading system message; the conversation never starts with an answer. */
    public static void forgetOldest(List<Message> messages) {
        int first = isSystem(messages) && messages.size() > 1 ? 1 : 0;
        messages.remove(first);
        while (messages.size() > first && isReply(messages.get(first))) {
            messages.remove(first);
        }
    }

    /** A message that only stands behind another: an answer, or what a tool gave. */
    private static boolean isReply(Message message) {
        return message.role().equals("assistant") || message.role().equals("tool");
    }

    /** Conversations kept. */
    public int count() {
        return lastTurnMs.size();
    }

    /** Whether a conversation starts with a system message. */
    public static boolean isSystem(List<Message> messages) {
        return !messages.isEmpty() && messages.get(0).role().equals("system");
    }

    private void evict(long nowMs, Predicate<String> inUse) {
        List<String> forgotten = new ArrayList<>();
        lastTurnMs.forEach((session, lastMs) -> {
            if (lastMs + bounds.idleMs() < nowMs && !inUse.test(session)) {
                forgotten.add(session);
            }
        });
        forgotten.forEach(this::forget);
        if (lastTurnMs.size() > bounds.maxSessions()) {
            lastTurnMs.entrySet().stream()
                    .filter(entry -> !inUse.test(entry.getKey()))
                    .min(Comparator.comparingLong((Map.Entry<String, Long> entry) -> entry.getValue())
                            .thenComparing(Map.Entry::getKey))
                    .ifPresent(oldest -> forget(oldest.getKey()));
        }
    }

    private void forget(String session) {
        lastTurnMs.remove(session);
        store.delete(JournalKeys.session(session));
    }

    private static int bytes(List<Message> messages) {
        return messages.stream()
                .mapToInt(each -> each.text().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
