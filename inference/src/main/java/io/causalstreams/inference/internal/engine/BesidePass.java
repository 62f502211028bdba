package io.causalstreams.inference.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a step leaves to do that the next pass does not need: texts, events, the masks of the next tokens. Where a pass leaves the
 * host's cores free ({@link io.causalstreams.inference.internal.model.CausalLm#leavesHostFree}) a thread of its own does it
 * meanwhile.
 *
 * <pre>
 *   engine thread    sample, commit N │ plan │ pass N+1 ─────────────────────► │ sample, commit N+1 │ …
 *   its thread                               │ events of N │ masks of N ──► │
 * </pre>
 *
 * <p>The engine thread only runs the pass while this thread works, and waits for it behind the pass: so neither needs a lock, and a
 * listener that takes longer than a step holds the engine up, as it would on the engine thread. Masks that are not done when the pass
 * is are left to the sampling.
 *
 * <p>Threading: engine thread only. Its own thread is a daemon and ends when there was nothing to do for a while.
 */
final class BesidePass {
    private static final long IDLE_SECONDS = 5;

    private final @Nullable ThreadPoolExecutor pool;
    private final List<RequestRun> waiting = new ArrayList<>();
    private final List<RequestRun> sent = new ArrayList<>();
    private volatile boolean passDone;
    private volatile @Nullable Thread thread;

    /** @param free whether passes leave cores free; if not, nothing waits for a pass */
    BesidePass(boolean free) {
        this.pool = free
                ? new ThreadPoolExecutor(
                        1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread)
                : null;
        if (pool != null) {
            pool.allowCoreThreadTimeOut(true);
        }
    }

    private Thread newThread(Runnable work) {
        Thread created = new Thread(work, "causal-streams-events");
        created.setDaemon(true);
        thread = created;
        return created;
    }

    /** Whether there is something done beside passes. */
    boolean isUsed() {
        return pool != null;
    }

    /** Whether a listener is called by this very thread. */
    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** What a step has found out for the run is sent beside the next pass. */
    void add(RequestRun run) {
        waiting.add(run);
    }

    /** Runs a pass, and what waits beside it. */
    <T> T run(Supplier<T> pass) {
        if (pool == null || waiting.isEmpty()) {
            return pass.get();
        }
        List<RequestRun> runs = List.copyOf(waiting);
        waiting.clear();
        sent.addAll(runs);
        passDone = false;
        Future<?> work = pool.submit(() -> work(runs));
        try {
            return pass.get();
        } finally {
            passDone = true;
            await(work);
        }
    }

    /** Sends what waits, where no pass follows. */
    void send() {
        sent.addAll(waiting);
        waiting.forEach(RequestRun::flush);
        waiting.clear();
    }

    /** Those whose events were sent since the last call: a listener may have left. */
    List<RequestRun> takeSent() {
        List<RequestRun> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    private void work(List<RequestRun> runs) {
        runs.forEach(RequestRun::flush);
        for (RequestRun run : runs) {
            if (passDone) {
                return;
            }
            run.prepareMasks();
        }
    }

    /** A listener's error is the engine's, as on the engine thread. An interrupt must not end the wait. */
    private static void await(Future<?> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    work.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
