package io.causalstreams.inference.internal.engine.pooled;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.TokenRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait for a pass, by priority and then arrival, and the requests they are of.
 *
 * <p>Threading: any thread submits and cancels; the engine's threads take.
 */
final class PooledQueue {

    /** One row of a request. */
    record Entry(PooledRun run, int index) {
        TokenRow row() {
            return run.rows().get(index);
        }
    }

    private final int limit;
    private final PassLimits limits;
    private final PriorityQueue<Entry> waiting = new PriorityQueue<>(
            Comparator.comparingInt((Entry entry) -> entry.run().priority())
                    .thenComparingLong(entry -> entry.run().order())
                    .thenComparingInt(Entry::index));
    private final Set<PooledRun> open = new LinkedHashSet<>();
    private long arrivals;
    private long waitingTokens;
    private @Nullable GenerationException refusal;

    /** @param limit requests that may be in flight */
    PooledQueue(int limit, PassLimits limits) {
        this.limit = limit;
        this.limits = limits;
    }

    /**
     * Takes a request.
     *
     * @param made its run, from the number of its arrival
     * @throws GenerationException.Busy if the limit is reached
     * @throws GenerationException.Aborted if the engine was closed, {@code Dead} if it died
     */
    synchronized PooledRun submit(String id, LongFunction<PooledRun> made) {
        checkOpen(id);
        if (open.size() >= limit) {
            throw new GenerationException.Busy("request " + id + ": the engine has taken " + open.size()
                    + " requests, its limit (slots + maxWaiting); submit it again later");
        }
        PooledRun run = made.apply(arrivals++);
        open.add(run);
        for (int index = 0; index < run.rows().size(); index++) {
            Entry entry = new Entry(run, index);
            waiting.add(entry);
            waitingTokens += entry.row().length();
        }
        notifyAll();
        return run;
    }

    /** A request has ended, or is not wanted any more: what is left of it is not computed. */
    synchronized void done(PooledRun run) {
        if (open.remove(run)) {
            waiting.removeIf(entry -> {
                if (entry.run() == run) {
                    waitingTokens -= entry.row().length();
                    return true;
                }
                return false;
            });
        }
    }

    /** Rows for one pass, as soon as there are any; none when the queue was closed. */
    synchronized List<Entry> take() throws InterruptedException {
        while (waiting.isEmpty() && refusal == null) {
            wait();
        }
        List<Entry> batch = new ArrayList<>();
        PassLimits.Pass pass = limits.start();
        while (!waiting.isEmpty() && refusal == null) {
            Entry next = waiting.element();
            if (!pass.add(next.row().length())) {
                break;
            }
            waiting.remove();
            waitingTokens -= next.row().length();
            batch.add(next);
        }
        return batch;
    }

    /** Requests that were taken and have not ended. */
    synchronized List<PooledRun> open() {
        return List.copyOf(open);
    }

    synchronized int waitingRows() {
        return waiting.size();
    }

    synchronized long waitingTokens() {
        return waitingTokens;
    }

    /** Refuses everything from now on with {@code reason}'s type and message, and wakes whoever takes. */
    synchronized void close(GenerationException reason) {
        if (refusal == null) {
            refusal = reason;
        }
        notifyAll();
    }

    synchronized boolean isClosed() {
        return refusal != null;
    }

    /** @throws GenerationException why no request is taken any more, if so */
    synchronized void checkOpen(String id) {
        if (refusal instanceof GenerationException.Dead dead) {
            throw new GenerationException.Dead("request " + id + ": " + dead.getMessage(), dead);
        }
        if (refusal != null) {
            throw new GenerationException.Aborted("request " + id + ": " + refusal.getMessage());
        }
    }
}
