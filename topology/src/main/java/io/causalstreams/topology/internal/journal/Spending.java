package io.causalstreams.topology.internal.journal;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What the records of each key have cost in the current hour of the clock, in the journal's store: charged in the transaction that
 * publishes the answer, so each answer is charged once.
 *
 * <p>Threading: stream thread only.
 */
public final class Spending {

    private static final long HOUR_MS = 3_600_000;

    private final KeyValueStore<Bytes, byte[]> store;
    private long forgottenBefore;

    public Spending(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /**
     * What was spent in the hour of {@code wallMs}.
     *
     * @param key of the records; null = those without
     */
    public long of(@Nullable Bytes key, long wallMs) {
        byte[] spent = store.get(JournalKeys.spending(wallMs / HOUR_MS, key));
        return spent == null ? 0 : new ByteReader(spent).varint();
    }

    /** Adds to what was spent in the hour of {@code wallMs}; hours before it are forgotten. */
    public void charge(@Nullable Bytes key, long cost, long wallMs) {
        long hour = wallMs / HOUR_MS;
        if (cost > 0) {
            store.put(
                    JournalKeys.spending(hour, key),
                    new ByteWriter().varint(of(key, wallMs) + cost).toByteArray());
        }
        if (hour > forgottenBefore) {
            forgetBefore(hour);
        }
    }

    private void forgetBefore(long hour) {
        try (KeyValueIterator<Bytes, byte[]> old =
                store.range(JournalKeys.spending(0, null), JournalKeys.spending(hour, null))) {
            while (old.hasNext()) {
                KeyValue<Bytes, byte[]> next = old.next();
                if (JournalKeys.sequenceOf(next.key) < hour) {
                    store.delete(next.key);
                }
            }
        }
        forgottenBefore = hour;
    }
}
