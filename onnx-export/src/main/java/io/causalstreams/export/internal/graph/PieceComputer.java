package io.causalstreams.export.internal.graph;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Computes a tensor's pieces on all cores and passes them on in order.
 *
 * <pre>
 *   workers   piece 3 │ piece 4 │ …        at most two for each core are computed and not taken
 *   caller    piece 0, 1, 2 ──►
 * </pre>
 *
 * <p>Threading: one thread calls; the workers are its own.
 */
final class PieceComputer implements AutoCloseable {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int AHEAD = 2 * CORES;

    private final ExecutorService workers = Executors.newFixedThreadPool(CORES, task -> {
        Thread thread = new Thread(task, "export-worker");
        thread.setDaemon(true);
        return thread;
    });
    /** Buffers that nobody uses. */
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** Takes a piece, which is the taker's until it returns. */
    @FunctionalInterface
    interface Taker {
        void take(ByteBuffer bytes) throws IOException;
    }

    /** Gives every piece of {@code data} to {@code taker}, in order. */
    void compute(TensorData data, Taker taker) throws IOException {
        Deque<Future<ByteBuffer>> ahead = new ArrayDeque<>();
        int next = 0;
        try {
            for (int piece = 0; piece < data.pieces(); piece++) {
                while (next < data.pieces() && ahead.size() < AHEAD) {
                    int started = next++;
                    ByteBuffer buffer = buffer(data.pieceBytes());
                    ahead.add(workers.submit(() -> {
                        data.write(started, buffer);
                        return buffer.flip();
                    }));
                }
                ByteBuffer bytes = finished(ahead.remove());
                taker.take(bytes);
                free.add(bytes);
            }
        } finally {
            ahead.forEach(future -> future.cancel(false));
        }
    }

    private ByteBuffer buffer(int bytes) {
        ByteBuffer buffer = free.poll();
        return buffer != null && buffer.capacity() >= bytes
                ? buffer.clear()
                : ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer finished(Future<ByteBuffer> piece) throws IOException {
        try {
            return piece.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while weights were computed");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
