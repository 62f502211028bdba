package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps the loop while there is work and sleeps otherwise. Owns the model's life: closes it when the loop has ended.
 *
 * <p>If a step throws, the engine is dead: every open request fails, and later ones are refused with the cause.
 */
final class EngineThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);

    private final EngineLoop loop;
    private final SubmissionQueue queue;
    private final Runnable release;
    private final Thread thread;
    private volatile boolean closing;

    /** @param release runs last on the engine thread: closes what the loop used */
    EngineThread(String name, EngineLoop loop, SubmissionQueue queue, Runnable release) {
        this.loop = loop;
        this.queue = queue;
        this.release = release;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There may be work. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Ends every open request with Aborted after the running step and waits for the thread, unless called on it. */
    @Override
    public void close() {
        queue.close(new GenerationException.Aborted("the engine was closed; run it on another"));
        closing = true;
        wake();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                boolean busy = loop.step();
                if (!busy && queue.isEmpty() && !closing) {
                    LockSupport.park(this);
                }
            }
            loop.abort(id ->
                    new GenerationException.Aborted("request " + id + ": the engine was closed; run it on another"));
        } catch (Throwable e) {
            LOG.error("the engine died", e);
            GenerationException.Failed failure = new GenerationException.Failed("the engine died: " + e, e);
            queue.close(failure);
            loop.abort(id -> new GenerationException.Failed("request " + id + ": " + failure.getMessage(), e));
        } finally {
            release.run();
        }
    }
}
