package io.causalstreams.inference.internal.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does the same for every row of a pass on the cores the pass itself ran on: whoever is free takes the next row, the calling
 * thread too. A core that is busy elsewhere delays nothing, it takes no row.
 *
 * <p>Threading: one caller at a time. Helpers are daemons and end when nothing was asked of them for a while.
 */
final class ParallelRows {
    private static final long IDLE_SECONDS = 5;

    private final int helpers;
    private final ThreadPoolExecutor pool;

    /** @param threads the caller's and those of helpers, at least 1 */
    ParallelRows(int threads) {
        this.helpers = threads - 1;
        this.pool = new ThreadPoolExecutor(
                Math.max(1, helpers),
                Math.max(1, helpers),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "causal-streams-rows");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** Calls {@code work} once with each of 0 to {@code rows - 1}, in any order, and returns when all calls have. */
    void forEach(int rows, IntConsumer work) {
        Rows left = new Rows(rows, work);
        for (int helper = 0; helper < Math.min(helpers, rows - 1); helper++) {
            pool.execute(left);
        }
        left.run();
        left.await();
    }

    private static final class Rows implements Runnable {
        private final int rows;
        private final IntConsumer work;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch undone;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Rows(int rows, IntConsumer work) {
            this.rows = rows;
            this.work = work;
            this.undone = new CountDownLatch(rows);
        }

        @Override
        public void run() {
            for (int row = next.getAndIncrement(); row < rows; row = next.getAndIncrement()) {
                try {
                    work.accept(row);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    undone.countDown();
                }
            }
        }

        /** The rows are read from memory that the next pass overwrites: an interrupt must not end the wait. */
        void await() {
            boolean interrupted = false;
            while (undone.getCount() > 0) {
                try {
                    undone.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure.get() instanceof RuntimeException e) {
                throw e;
            }
            if (failure.get() instanceof Error e) {
                throw e;
            }
        }
    }
}
