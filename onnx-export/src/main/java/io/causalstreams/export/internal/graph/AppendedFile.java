package io.causalstreams.export.internal.graph;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A new file that is written from its beginning to its end while the next bytes are computed, and is on the disk when it is
 * closed.
 *
 * <pre>
 *   caller   append: copies into a buffer ──full──►  writer thread: digest, then one write of {@value #BUFFER_BYTES} bytes
 *                          ▲──────────────────free───────┘          {@value #BUFFERS} buffers in all
 * </pre>
 *
 * Where the file system lets it, past the page cache: copying gigabytes into that takes a second of a core for each, and
 * pushes out what others read. Elsewhere (memory file systems, some network ones) as usual.
 *
 * <p>Threading: one thread calls; the writer is its own.
 */
final class AppendedFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 4 << 20;
    /** So many that there is something to write while a large matrix is turned over; few enough for a JVM that serves afterwards. */
    private static final int BUFFERS = 8;

    private final FileChannel channel;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "export-writer");
        thread.setDaemon(true);
        return thread;
    });
    /** Writes that were begun, each gives its buffer back; the oldest first. */
    private final Deque<Future<ByteBuffer>> writes = new ArrayDeque<>();

    private final int alignment;
    private ByteBuffer buffer;
    /** Of what was written; the writer's. */
    private final MessageDigest digest = Digests.sha256();

    private int buffers = 1;
    private long size;

    AppendedFile(Path file) throws IOException {
        Files.createFile(file);
        long block = Files.getFileStore(file).getBlockSize();
        this.alignment = block > 0 && BUFFER_BYTES % block == 0 ? (int) block : 1;
        this.channel = alignment == 1 ? FileChannel.open(file, StandardOpenOption.WRITE) : pastPageCache(file);
        this.buffer = allocate();
    }

    private static FileChannel pastPageCache(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (IOException | UnsupportedOperationException e) {
            return FileChannel.open(file, StandardOpenOption.WRITE);
        }
    }

    /** Bytes appended. */
    long size() {
        return size;
    }

    /** Appends what remains in {@code bytes}. A failure to write may be thrown by a later call. */
    void append(ByteBuffer bytes) throws IOException {
        size += bytes.remaining();
        while (bytes.hasRemaining()) {
            int part = Math.min(bytes.remaining(), buffer.remaining());
            buffer.put(bytes.slice().limit(part));
            bytes.position(bytes.position() + part);
            if (!buffer.hasRemaining()) {
                write(0);
                buffer = buffers < BUFFERS && !writes.element().isDone()
                        ? another()
                        : finished(writes.remove()).clear();
            }
        }
    }

    /** What {@link #flush} needs the size to be a multiple of, bytes. */
    int blockBytes() {
        return alignment;
    }

    /** Waits until what was appended can be read. */
    void flush() throws IOException {
        flush(0);
    }

    /** @param padding bytes at the end of the buffer that are no part of the file */
    private void flush(int padding) throws IOException {
        write(padding);
        while (!writes.isEmpty()) {
            buffer = finished(writes.remove()).clear();
        }
        buffers = 1;
    }

    /** Waits until what was appended is on the disk; SHA-256 of it, in hexadecimal. Nothing can be appended afterwards. */
    String finish() throws IOException {
        int padding = Math.floorMod(-buffer.position(), alignment);
        buffer.put(new byte[padding]); // cut off below
        flush(padding);
        channel.truncate(size);
        channel.force(true);
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        writer.shutdown();
        channel.close();
    }

    private void write(int padding) {
        ByteBuffer full = buffer.flip();
        writes.add(writer.submit(() -> {
            digest.update(full.slice(0, full.limit() - padding));
            while (full.hasRemaining()) {
                channel.write(full);
            }
            return full;
        }));
    }

    private ByteBuffer another() {
        buffers++;
        return allocate();
    }

    private ByteBuffer allocate() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES + alignment)
                .alignedSlice(alignment)
                .slice(0, BUFFER_BYTES);
    }

    private static ByteBuffer finished(Future<ByteBuffer> write) throws IOException {
        try {
            return write.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while weights were written");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
