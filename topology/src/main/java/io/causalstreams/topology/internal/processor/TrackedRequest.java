package io.causalstreams.topology.internal.processor;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.internal.journal.Arrival;
import java.time.Instant;
import java.util.Comparator;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A journaled request as the task knows it in memory. The prompt itself stays in the journal until it runs.
 *
 * <pre>
 *            submit                 Finished, Invalid, Failed, cancel, deadline
 *  WAITING ──────────► RUNNING ───────────────────────────────────────────────► (removed)
 *     ▲                   │ │ Aborted
 *     └───── Busy ────────┘ └──────────► PARKED: the engine is closed, the next owner of the task runs it
 * </pre>
 *
 * <p>Threading: stream thread; {@link #progress()} may be read by any.
 */
final class TrackedRequest {

    /** Lower priority number first, then in order of arrival. */
    static final Comparator<TrackedRequest> ORDER =
            Comparator.comparingInt((TrackedRequest each) -> each.priority).thenComparingLong(each -> each.sequence);

    final long sequence;
    final String id;
    final @Nullable Bytes key;
    final int priority;
    final @Nullable Instant deadline;
    final @Nullable String lane;
    final long arrivedMs;

    /** When its deadline passes, on the scale of {@link #arrivedMs}; far away when there is none. */
    final long expiresMs;

    private final long arrivedNanos = System.nanoTime();

    private volatile @Nullable Progress progress;
    private long firstTokenMs;

    /**
     * A request that arrives now, or is restored now.
     *
     * @param arrivedMs the topology's time
     * @param wallMs what the clock says, by which deadlines are told; it may be set later
     */
    TrackedRequest(Arrival arrival, GenerationRequest request, @Nullable String lane, long arrivedMs, long wallMs) {
        this.sequence = arrival.sequence();
        this.id = arrival.id();
        this.key = arrival.key();
        this.priority = request.priority();
        this.deadline = request.deadline();
        this.lane = lane;
        this.arrivedMs = arrivedMs;
        this.expiresMs = deadline == null ? Long.MAX_VALUE : arrivedMs + deadline.toEpochMilli() - wallMs;
    }

    /** What was published by the run in the engine, or null while it waits. */
    @Nullable
    Progress progress() {
        return progress;
    }

    void running(Progress started) {
        progress = started;
    }

    void waiting() {
        progress = null;
    }

    /** Whether this is its first published token here. */
    boolean sawFirstToken(long nowMs) {
        boolean first = firstTokenMs == 0;
        if (first) {
            firstTokenMs = nowMs;
        }
        return first;
    }

    long firstTokenMs() {
        return firstTokenMs;
    }

    boolean isPast(long nowMs) {
        return expiresMs < nowMs;
    }

    /** Since it arrived in this process, whatever was done to the clock. */
    long waitedMs() {
        return (System.nanoTime() - arrivedNanos) / 1_000_000;
    }
}
