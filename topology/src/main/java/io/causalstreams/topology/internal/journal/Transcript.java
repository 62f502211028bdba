package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What followed the question of a request that calls tools: rounds of an assistant's turn with its calls, and their results.
 *
 * @param messages of all rounds, oldest first; of an open round the assistant's turn only
 * @param results of the open round, by call; empty when none is open
 * @param deadlineMs until when the open round waits, milliseconds since 1970 by the clock
 */
public record Transcript(List<Message> messages, Map<String, String> results, long deadlineMs) {

    /** Nothing was called yet. */
    public static final Transcript EMPTY = new Transcript(List.of(), Map.of(), 0);

    public Transcript {
        messages = List.copyOf(messages);
        results = Map.copyOf(results);
    }

    /** Opens the next round. */
    public Transcript calling(Message turn, long untilMs) {
        List<Message> all = new ArrayList<>(messages);
        all.add(turn);
        return new Transcript(all, Map.of(), untilMs);
    }

    /** Asks the question again, with the answer that was refused, and why. */
    public Transcript refused(Message answer, String why) {
        List<Message> all = new ArrayList<>(messages);
        all.add(answer);
        all.add(new Message("user", why));
        return new Transcript(all, Map.of(), 0);
    }

    /** With the result of a call of the open round, which is closed by the last. */
    public Transcript answered(String call, String result) {
        Map<String, String> known = new LinkedHashMap<>(results);
        known.put(call, result);
        Transcript answered = new Transcript(messages, known, deadlineMs);
        return answered.missing().isEmpty() ? answered.closed() : answered;
    }

    private Transcript closed() {
        List<Message> all = new ArrayList<>(messages);
        for (ToolCall call : calls()) {
            String result = Objects.requireNonNull(results.get(call.id()));
            all.add(new Message("tool", List.of(result), call.name(), null, List.of(), call.id()));
        }
        return new Transcript(all, Map.of(), 0);
    }

    /** Whether calls wait for their results. */
    public boolean isOpen() {
        return !calls().isEmpty();
    }

    /** Ids of the calls that have no result yet, in the order of the calls. */
    public Set<String> missing() {
        Set<String> missing = new LinkedHashSet<>();
        calls().forEach(call -> missing.add(call.id()));
        missing.removeAll(results.keySet());
        return missing;
    }

    /** Rounds so far, with the open one. */
    public int rounds() {
        return (int)
                messages.stream().filter(each -> !each.toolCalls().isEmpty()).count();
    }

    /** Bytes of texts and results. */
    public int bytes() {
        int texts = messages.stream().mapToInt(each -> utf8(each.text()).length).sum();
        return texts
                + results.values().stream().mapToInt(each -> utf8(each).length).sum();
    }

    private List<ToolCall> calls() {
        return messages.isEmpty()
                ? List.of()
                : messages.get(messages.size() - 1).toolCalls();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter().varint(deadlineMs).varint(messages.size());
        messages.forEach(each -> MessageCodec.write(out, each));
        results.forEach((call, result) -> out.string(call).string(result));
        return out.toByteArray();
    }

    static Transcript decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        long deadlineMs = in.varint();
        int size = in.int32();
        List<Message> messages = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            messages.add(MessageCodec.read(in));
        }
        Map<String, String> results = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            results.put(in.string(), in.string());
        }
        return new Transcript(messages, results, deadlineMs);
    }
}
