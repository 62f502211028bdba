package io.causalstreams.topology.internal.journal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Completions of finished requests by id, so that a prompt sent again gets its answer without a forward pass.
 *
 * <p>Bounded by time, count and bytes; the oldest is forgotten first. Order and sizes are kept in memory and rebuilt
 * from the store.
 *
 * <p>Threading: stream thread only.
 */
public final class RememberedCompletions {

    private final KeyValueStore<Bytes, byte[]> store;
    private final RememberBounds bounds;

    private final Map<String, Entry> oldestFirst = new LinkedHashMap<>();
    private long bytes;

    /** Over the journal's store. */
    public RememberedCompletions(KeyValueStore<Bytes, byte[]> store, RememberBounds bounds) {
        this.store = store;
        this.bounds = bounds;
    }

    /** Rebuilds order and sizes. What comes from the future, by a clock that was set back since, is as old as now. */
    public void restore(long nowMs) {
        oldestFirst.clear();
        bytes = 0;
        Map<Long, Map<String, Entry>> byTime = new TreeMap<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                store.range(JournalKeys.startOfCompletions(), JournalKeys.endOfCompletions())) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> next = all.next();
                long completedMs = Math.min(nowMs, new ByteReader(next.value).varint());
                byTime.computeIfAbsent(completedMs, time -> new TreeMap<>())
                        .put(JournalKeys.nameOf(next.key), new Entry(completedMs, next.value.length));
                bytes += next.value.length;
            }
        }
        byTime.values().forEach(oldestFirst::putAll);
    }

    /** Keeps a completion; {@code completion} are the event's bytes. */
    public void put(String id, byte[] completion, long nowMs) {
        byte[] encoded = new ByteWriter().varint(nowMs).bytes(completion).toByteArray();
        if (bounds.maxAgeMs() == 0 || bounds.maxEntries() == 0 || encoded.length > bounds.maxBytes()) {
            return;
        }
        forgetIfPresent(id);
        store.put(JournalKeys.completion(id), encoded);
        oldestFirst.put(id, new Entry(nowMs, encoded.length));
        bytes += encoded.length;
        evict(nowMs);
    }

    /** The completion's bytes, or null when it is not remembered. */
    public byte @Nullable [] get(String id, long nowMs) {
        Entry entry = oldestFirst.get(id);
        if (entry == null || entry.completedMs + bounds.maxAgeMs() < nowMs) {
            return null;
        }
        ByteReader in = new ByteReader(Objects.requireNonNull(store.get(JournalKeys.completion(id))));
        in.varint();
        return in.bytes();
    }

    /** Forgets what is too old or too much. */
    public void evict(long nowMs) {
        Iterator<Map.Entry<String, Entry>> all = oldestFirst.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Entry> oldest = all.next();
            boolean tooOld = oldest.getValue().completedMs + bounds.maxAgeMs() < nowMs;
            if (!tooOld && oldestFirst.size() <= bounds.maxEntries() && bytes <= bounds.maxBytes()) {
                return;
            }
            all.remove();
            bytes -= oldest.getValue().bytes;
            store.delete(JournalKeys.completion(oldest.getKey()));
        }
    }

    /** Completions remembered. */
    public int entries() {
        return oldestFirst.size();
    }

    private void forgetIfPresent(String id) {
        Entry entry = oldestFirst.remove(id);
        if (entry != null) {
            bytes -= entry.bytes;
        }
    }

    private record Entry(long completedMs, int bytes) {}
}
