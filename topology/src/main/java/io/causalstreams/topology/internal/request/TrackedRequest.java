package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.RequestStatus;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.telemetry.LiveRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
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
final class TrackedRequest implements LiveRequest {

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

    @Override
    public boolean sawFirstToken(long nowMs) {
        boolean first = firstTokenMs == 0;
        if (first) {
            firstTokenMs = nowMs;
        }
        return first;
    }

    @Override
    public long firstTokenMs() {
        return firstTokenMs;
    }

    boolean isPast(long nowMs) {
        return expiresMs < nowMs;
    }

    @Override
    public long waitedMs() {
        return (System.nanoTime() - arrivedNanos) / 1_000_000;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long arrivedMs() {
        return arrivedMs;
    }

    @Override
    public RequestStatus status() {
        Progress current = progress;
        List<Partial> published = current == null ? List.of() : current.published();
        return new RequestStatus(
                id,
                current == null ? RequestStatus.State.WAITING : RequestStatus.State.RUNNING,
                waitedMs(),
                published.stream().map(Partial::text).toList(),
                published.stream().mapToInt(each -> each.tokenIds().size()).sum());
    }
}
