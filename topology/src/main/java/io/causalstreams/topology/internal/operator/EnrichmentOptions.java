package io.causalstreams.topology.internal.operator;

import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Which records an operator asks about, and how.
 *
 * @param oneIn of so many keys the records of one are asked about
 * @param timeoutMs from a record's arrival to the end of its request; 0 = what its question says
 * @param kept whether the same content is answered with the same answer, without asking again
 */
public record EnrichmentOptions(int oneIn, long timeoutMs, boolean kept) {

    /** All records, each by itself. */
    public static final EnrichmentOptions DEFAULTS = new EnrichmentOptions(1, 0, false);

    /** Whether the records of a key are asked about: always the same, and independent of their partition. Those without are. */
    boolean asks(@Nullable Bytes key) {
        if (oneIn == 1 || key == null) {
            return true;
        }
        CRC32C hash = new CRC32C();
        hash.update(key.get());
        return hash.getValue() % oneIn == 0;
    }

    /** When a request that arrives now ends at the latest; null = there is no timeout. */
    @Nullable
    Supplier<Instant> timeouts(LongUnaryOperator wallMs, LongSupplier nowMs) {
        return timeoutMs == 0 ? null : () -> Instant.ofEpochMilli(wallMs.applyAsLong(nowMs.getAsLong()) + timeoutMs);
    }
}
