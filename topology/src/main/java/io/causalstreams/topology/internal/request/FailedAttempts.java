package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.internal.answer.Ending;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Requests that have failed and are tried again. Each waits a while, and goes on behind the tokens it has. Failures are counted by
 * the task that owns the request now.
 *
 * <p>Threading: stream thread only.
 */
final class FailedAttempts<K, V> {

    private final Retries retries;
    private final Finisher<K, V> finisher;
    private final Map<String, Integer> failures = new HashMap<>();
    private final PriorityQueue<Attempt<K, V>> next =
            new PriorityQueue<>(Comparator.comparingLong((Attempt<K, V> each) -> each.atMs));

    FailedAttempts(Retries retries, Finisher<K, V> finisher) {
        this.retries = retries;
        this.finisher = finisher;
    }

    /** Ends a failed request, or has it tried again. */
    void take(Request<K, V> request, Request.Running<K, V> run, Ending failure, long nowMs) {
        ErrorCode code = failure.error();
        int count = failures.merge(request.id, 1, Integer::sum);
        if (code != null && retries.again(code, count)) {
            next.add(new Attempt<>(request, nowMs + retries.waitMs(count)));
        } else {
            failures.remove(request.id);
            finisher.endRunning(request, run, failure, nowMs);
        }
    }

    /** A request has its answer. */
    void answered(Request<K, V> request) {
        failures.remove(request.id);
    }

    /** Tries again what has waited long enough. */
    void turn(long nowMs) {
        while (!next.isEmpty()
                && (next.element().atMs <= nowMs || next.element().request.isPast(nowMs))) {
            Request<K, V> request = next.remove().request;
            // it may have been cancelled meanwhile
            if (request.state() instanceof Request.Running<K, V> run) {
                if (request.isPast(nowMs)) {
                    failures.remove(request.id);
                    finisher.endRunning(request, run, Ending.deadlineExceeded(request.id), nowMs);
                } else {
                    finisher.requests().again(request);
                }
            } else {
                failures.remove(request.id);
            }
        }
    }

    private record Attempt<K, V>(Request<K, V> request, long atMs) {}
}
