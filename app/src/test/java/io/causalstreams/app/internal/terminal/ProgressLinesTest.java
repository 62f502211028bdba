package io.causalstreams.app.internal.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
    private static final long GIB = 1L << 30;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long nanos = 17;

    @Test
    void shouldSayHowMuchIsDoneAndHowLongTheRestTakesAtThisPace() {
        // Given
        Progress progress = new ProgressLines(new PrintStream(out, true, StandardCharsets.UTF_8), () -> nanos);
        Progress.Task task = progress.start("Exporting it", 0);

        // When
        after(1, task, GIB, 8 * GIB);
        after(9, task, 2 * GIB, 8 * GIB);
        after(5, task, 3 * GIB, 8 * GIB);
        after(45, task, 3 * GIB, 8 * GIB);
        after(340, task, 4 * GIB, 8 * GIB);

        // Then
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "Exporting it…",
                        "Exporting it: 25 % (2.0 GiB of 8.0 GiB), about 30 s left",
                        "Exporting it: 37 % (3.0 GiB of 8.0 GiB), about 100 s left",
                        "Exporting it: 50 % (4.0 GiB of 8.0 GiB), about 7 min left");
    }

    @Test
    void shouldCountPartsThatAreNotBytes() {
        // Given
        Progress progress = new ProgressLines(new PrintStream(out, true, StandardCharsets.UTF_8), () -> nanos);
        Progress.Task task = progress.count("Tuning", 2048, "steps");

        // When
        after(60, task, 1024, 2048);

        // Then
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("Tuning (2048 steps)…", "Tuning: 50 % (1024 of 2048), about 60 s left");
    }

    private void after(int seconds, Progress.Task task, long done, long total) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        task.update(done, total);
    }
}
