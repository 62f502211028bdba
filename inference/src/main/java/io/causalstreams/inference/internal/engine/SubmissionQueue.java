package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The hand-off into the engine: any thread submits and cancels, the engine thread takes. A request counts from its
 * submission to {@link #done()}; the queue refuses more than {@code limit} of them at once.
 */
final class SubmissionQueue {
    private final int limit;
    private final Runnable wake;
    private final List<RequestRun> submitted = new ArrayList<>();
    private final List<RequestRun> cancelled = new ArrayList<>();
    private int inFlight;
    private @Nullable GenerationException refusal;

    /** What has happened since the last time; cancellations of what was never submitted do not occur. */
    record Batch(List<RequestRun> submitted, List<RequestRun> cancelled) {}

    /** @param wake called after every change, outside of the lock */
    SubmissionQueue(int limit, Runnable wake) {
        this.limit = limit;
        this.wake = wake;
    }

    /** Requests that may be in flight. */
    int limit() {
        return limit;
    }

    /**
     * Takes a request; its run is made only if there is room for it.
     *
     * @throws GenerationException.Busy if {@code limit} requests are in flight
     * @throws GenerationException.Aborted if the engine was closed, {@code Dead} if it died
     */
    RequestRun submit(String id, Supplier<RequestRun> request) {
        reserve(id);
        RequestRun run;
        try {
            run = request.get();
            enter(id, run);
        } catch (RuntimeException e) {
            done();
            checkOpen(id); // closed meanwhile: the tokenizer is gone, the request is not at fault
            throw e;
        }
        wake.run();
        return run;
    }

    private synchronized void reserve(String id) {
        checkOpen(id);
        if (inFlight >= limit) {
            throw new GenerationException.Busy("request " + id + ": the engine has taken " + inFlight
                    + " requests, its limit (slots + maxWaiting); submit it again later");
        }
        inFlight++;
    }

    private synchronized void enter(String id, RequestRun run) {
        checkOpen(id);
        submitted.add(run);
    }

    void cancel(RequestRun run) {
        synchronized (this) {
            cancelled.add(run);
        }
        wake.run();
    }

    /** Everything since the last call. */
    synchronized Batch take() {
        Batch batch = new Batch(List.copyOf(submitted), List.copyOf(cancelled));
        submitted.clear();
        cancelled.clear();
        return batch;
    }

    /** Cancellations since the last call of this or {@link #take}. */
    synchronized List<RequestRun> takeCancelled() {
        List<RequestRun> taken = List.copyOf(cancelled);
        cancelled.clear();
        return taken;
    }

    /** A request that was taken has ended. */
    synchronized void done() {
        inFlight--;
    }

    synchronized boolean isEmpty() {
        return submitted.isEmpty() && cancelled.isEmpty();
    }

    /** Refuses everything from now on with {@code reason}'s type and message. */
    synchronized void close(GenerationException reason) {
        if (refusal == null) {
            refusal = reason;
        }
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
