package io.causalstreams.export.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body that fails when nothing arrives for a while: the JDK's client has no timeout for bodies.
 *
 * <p>A shared daemon thread closes the body, which wakes the reader.
 */
final class StallGuard extends FilterInputStream {

    private static final ScheduledExecutorService CLOSER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hub-stall-guard");
        thread.setDaemon(true);
        return thread;
    });

    private final Duration timeout;
    private volatile boolean stalled;

    StallGuard(InputStream body, Duration timeout) {
        super(body);
        this.timeout = timeout;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        ScheduledFuture<?> alarm = CLOSER.schedule(this::giveUp, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            int read = super.read(target, offset, length);
            if (stalled) {
                throw silence(null);
            }
            return read;
        } catch (IOException e) {
            throw stalled ? silence(e) : e;
        } finally {
            alarm.cancel(false);
        }
    }

    private IOException silence(@Nullable IOException cause) {
        return new IOException("nothing arrived for " + timeout.toSeconds() + " s", cause);
    }

    private void giveUp() {
        stalled = true;
        try {
            in.close();
        } catch (IOException e) {
            // The reader sees the closed stream.
        }
    }
}
