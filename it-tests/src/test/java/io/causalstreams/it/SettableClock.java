package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The wall clock of a process of its own, which a test sets. A C compiler makes it, on Linux; elsewhere the test is skipped. */
final class SettableClock {
    private static final Path SOURCE = Path.of("src/test/c/settable_clock.c");

    private final Path library;
    private final Path offset;
    private Duration ahead = Duration.ZERO;

    private SettableClock(Path directory) {
        this.library = directory.resolve("settable_clock.so");
        this.offset = directory.resolve("offset");
        set(Duration.ZERO);
    }

    static SettableClock compiled() {
        SettableClock clock = new SettableClock(TestFiles.fresh("clock-"));
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O1", "-o", clock.library.toString(), SOURCE.toString())
                    .inheritIO()
                    .start();
            Assumptions.assumeTrue(compiler.waitFor() == 0, "skipped: cc cannot compile " + SOURCE);
        } catch (IOException e) {
            Assumptions.abort("skipped: no C compiler here: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return clock;
    }

    /** What a process must be started with to live by this clock. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CLOCK_OFFSET_FILE", offset.toString());
    }

    /** Sets it to {@code difference} before or after the machine's clock. */
    void set(Duration difference) {
        ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        seconds.putLong(difference.toSeconds()).flip();
        try (FileChannel file = FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(seconds, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ahead = difference;
    }

    Instant now() {
        return Instant.now().plus(ahead);
    }
}
