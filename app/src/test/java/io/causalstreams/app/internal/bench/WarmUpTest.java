package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void shouldRepeatWorkUntilTheTimeIsSpentWhenTheJvmAlwaysCompilesMore() throws InterruptedException {
        // Given: a share that is never reached
        double never = -1;
        AtomicInteger runs = new AtomicInteger();
        long start = System.nanoTime();

        // When
        WarmUp.repeat(never, Duration.ofSeconds(1), () -> {
            runs.incrementAndGet();
            Thread.sleep(300);
        });

        // Then: one window of two seconds, which is more than the time it has
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
        assertThat(runs.get()).isBetween(2, 7);
    }

    @Test
    void shouldEndWhenTheJvmCompilesLittleEnough() throws InterruptedException {
        // When
        double share = WarmUp.repeat(1, Duration.ofHours(1), () -> Thread.sleep(500));

        // Then
        assertThat(share).isBetween(0.0, 1.0);
    }
}
