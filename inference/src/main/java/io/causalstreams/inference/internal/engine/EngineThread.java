package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.StepFailedException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps the loop while there is work and sleeps otherwise; at the end it releases what the loop used.
 *
 * <p>If a step throws, the engine is dead: every open request is failed, and later ones are refused with the cause.
 *
 * <p>Threading: {@link #start} once; {@link #wake} and {@link #close} on any thread.
 */
final class EngineThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);

    private static final long DEADLINE_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final Runnable release;
    private volatile @Nullable Thread thread;
    private volatile @Nullable SubmissionQueue queue;
    private volatile @Nullable EngineLoop loop;
    private volatile boolean closing;
    private volatile boolean dead;

    /** @param release runs last on the engine thread: closes what the loop used */
    EngineThread(String name, Runnable release) {
        this.name = name;
        this.release = release;
    }

    void start(EngineLoop loop, SubmissionQueue queue) {
        this.queue = queue;
        this.loop = loop;
        Thread started = new Thread(() -> run(loop, queue), name);
        started.setDaemon(true);
        this.thread = started;
        started.start();
    }

    /** There may be work. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Whether steps are taken. */
    boolean isAlive() {
        Thread running = thread;
        return !closing && !dead && running != null && running.isAlive();
    }

    /** Ends every open request with Aborted after the running step and waits for the thread, unless called by a listener. */
    @Override
    public void close() {
        SubmissionQueue submissions = queue;
        EngineLoop steps = loop;
        Thread running = thread;
        if (submissions == null || steps == null || running == null) {
            return;
        }
        submissions.close(new GenerationException.Aborted("the engine was closed; run it on another"));
        closing = true;
        wake();
        if (Thread.currentThread() != running && !steps.isBesidePass()) {
            join(running);
        }
    }

    private static void join(Thread running) {
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                // Native memory is freed on that thread: closing is not done before it has ended.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(EngineLoop loop, SubmissionQueue submissions) {
        try {
            while (!closing) {
                boolean busy = loop.step();
                if (!busy && submissions.isEmpty() && !closing) {
                    sleep(loop);
                }
            }
            loop.abort(id ->
                    new GenerationException.Aborted("request " + id + ": the engine was closed; run it on another"));
        } catch (Throwable e) {
            LOG.error("the engine died", e);
            dead = true; // before any failure is reported: whoever asks then must not be sent here again
            GenerationException.Dead death = new GenerationException.Dead("the engine died: " + reason(e), e);
            submissions.close(death);
            loop.abort(id -> new GenerationException.Dead("request " + id + ": " + death.getMessage(), e));
        } finally {
            release.run();
        }
    }

    /** Until there is work; while requests wait for their constraint, their deadlines are looked at now and then. */
    private void sleep(EngineLoop loop) {
        if (loop.runs().isEmpty()) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, DEADLINE_CHECK_NANOS);
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof StepFailedException ? String.valueOf(cause.getMessage()) : cause.toString();
    }
}
