package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.topology.RequestStatus;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.telemetry.LiveRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A request of a task, from its arrival in the journal to its end.
 *
 * <pre>
 *   arrived, restored
 *         │
 *         ▼         the engine takes it
 *      WAITING ◄────────────────────────────► RUNNING
 *       │   ▲            it is tried again     │   │
 *       │   │ all results      it calls tools  │   │
 *       │   └──────────── CALLING ◄────────────┘   │
 *       │                    │                     │
 *       │ cancelled, deadline passed,              │ finished, failed,
 *       │ not askable, only passed on              │ cancelled
 *       ▼                    ▼                     │
 *     ENDED ◄──────────────────────────────────────┘
 * </pre>
 *
 * <p>A full engine does not take it: it waits on. A closed engine reports nothing more: the request runs until the task is
 * closed, and its next owner finds it in the journal, where every request is that has not ended.
 *
 * <p>Threading: changed by the stream thread; {@link #status} and {@link #waitedMs} may be asked by any.
 */
final class Request<K, V> implements LiveRequest {

    /** Lower priority number first, then in order of arrival. */
    static final Comparator<Request<?, ?>> IN_ORDER =
            Comparator.comparingInt((Request<?, ?> each) -> each.priority).thenComparingLong(each -> each.sequence);

    /** Less is no step of the clock but rounding and drift. */
    private static final long CLOCK_STEP_MS = 500;

    final long sequence;
    final String id;
    final @Nullable Bytes key;
    final @Nullable String lane;
    final long arrivedMs;

    /** When its deadline passes, on the scale of {@link #arrivedMs}; far away when there is none. */
    final long expiresMs;

    /** Which adapter it holds, or null. */
    final @Nullable String adapter;

    private final int priority;
    private final long arrivedNanos = System.nanoTime();

    private volatile State<K, V> state;
    private long firstTokenMs;

    /** Where a request is. */
    sealed interface State<K, V> {}

    /**
     * Not in the engine.
     *
     * @param job what it asks; null = to be opened from the journal, see {@link WaitingRequests}
     */
    record Waiting<K, V>(@Nullable Job<K, V> job) implements State<K, V> {}

    /**
     * In the engine.
     *
     * @param progress what was published of it, and what is about to be
     * @param promptTokens tokens of its prompt, with the turns before it; 0 = it could not be made into tokens
     */
    record Running<K, V>(Job.Ask<K, V> ask, Progress progress, Submission<K, V> submission, int promptTokens)
            implements State<K, V> {}

    /**
     * Waits for the results of calls.
     *
     * @param missing ids of the calls that have none
     * @param expiresMs when it waits no longer, on the scale of {@link #arrivedMs}
     */
    record Calling<K, V>(Set<String> missing, long expiresMs) implements State<K, V> {}

    /** No longer in the journal. */
    record Ended<K, V>() implements State<K, V> {}

    /**
     * A request that arrives now, or is restored now.
     *
     * @param nowMs the topology's time
     * @param wallMs what the clock says, by which deadlines are set; it may be set later
     */
    Request(Job<K, V> job, long nowMs, long wallMs) {
        Arrival arrival = job.arrival();
        this.sequence = arrival.sequence();
        this.id = arrival.id();
        this.key = arrival.key();
        this.lane = job.lane();
        this.arrivedMs = nowMs;
        this.adapter = job instanceof Job.Ask<K, V> ask ? ask.request().adapter() : null;
        this.priority = priority(job);
        Instant deadline = job instanceof Job.Ask<K, V> ask ? ask.request().deadline() : null;
        this.expiresMs = deadline == null ? Long.MAX_VALUE : nowMs + deadline.toEpochMilli() - wallMs;
        this.state = new Waiting<>(job);
    }

    /** One that cannot be asked goes first: it takes no room, and only its lane could have it wait. */
    private static int priority(Job<?, ?> job) {
        if (job instanceof Job.Ask<?, ?> ask) {
            return ask.request().priority();
        }
        return job instanceof Job.Broken && job.lane() == null ? Integer.MIN_VALUE : 0;
    }

    State<K, V> state() {
        return state;
    }

    /** What a waiting request asks, if it is kept; else null. */
    @Nullable
    Job<K, V> job() {
        return state instanceof Waiting<K, V> waiting ? waiting.job() : null;
    }

    /** Waits on with what it asks, or to be opened from the journal. */
    void waiting(@Nullable Job<K, V> job) {
        expectWaiting();
        state = new Waiting<>(job);
    }

    void running(Running<K, V> run) {
        expectWaiting();
        state = run;
    }

    void calling(Calling<K, V> calls) {
        state = calls;
    }

    /** It ran, and is to run again. */
    void again() {
        if (!(state instanceof Running)) {
            throw new IllegalStateException("request " + id + " does not run: " + state);
        }
        state = new Waiting<>(null);
    }

    /** All results have come: it waits, to be asked with them. */
    void answered() {
        if (!(state instanceof Calling)) {
            throw new IllegalStateException("request " + id + " does not call: " + state);
        }
        state = new Waiting<>(null);
    }

    void ended() {
        state = new Ended<>();
    }

    private void expectWaiting() {
        if (!(state instanceof Waiting)) {
            throw new IllegalStateException("request " + id + " does not wait: " + state);
        }
    }

    boolean hasDeadline() {
        return expiresMs != Long.MAX_VALUE;
    }

    boolean isPast(long nowMs) {
        return expiresMs < nowMs;
    }

    /** The request with its deadline as the clock has it now, which may have been set since it arrived. */
    PreparedRequest timed(PreparedRequest prepared, TaskClock clock) {
        Instant asked = prepared.request().deadline();
        if (asked == null) {
            return prepared;
        }
        long setMs = clock.wallAt(expiresMs) - asked.toEpochMilli();
        return Math.abs(setMs) < CLOCK_STEP_MS ? prepared : prepared.withDeadline(asked.plusMillis(setMs));
    }

    /** A token is published. Returns whether it is the first here. */
    boolean published(long nowMs) {
        boolean first = firstTokenMs == 0;
        if (first) {
            firstTokenMs = nowMs;
        }
        return first;
    }

    /** When its first token was published here; 0 = none was. */
    long firstTokenMs() {
        return firstTokenMs;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long waitedMs() {
        return (System.nanoTime() - arrivedNanos) / 1_000_000;
    }

    @Override
    public RequestStatus status() {
        Progress progress = state instanceof Running<K, V> running ? running.progress() : null;
        List<Partial> published = progress == null ? List.of() : progress.published();
        return new RequestStatus(
                id,
                stateName(),
                waitedMs(),
                published.stream().map(Partial::text).toList(),
                published.stream().mapToInt(each -> each.tokenIds().size()).sum());
    }

    private RequestStatus.State stateName() {
        State<K, V> now = state;
        if (now instanceof Running) {
            return RequestStatus.State.RUNNING;
        }
        return now instanceof Calling ? RequestStatus.State.CALLING : RequestStatus.State.WAITING;
    }
}
