package io.causalstreams.http.internal.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.http.internal.kafka.LiveRecords.Progress;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Figures figures = new Figures(meters);

    @Test
    void shouldSumOverOperatorsAndAdapters() {
        meters.counter("causal.streams.completion.tokens", "adapter", "none").increment(3);
        meters.counter("causal.streams.completion.tokens", "adapter", "mine").increment(4);
        meters.counter("causal.streams.requests", "outcome", "completed").increment(2);
        JsonNode json = figures.json(List.of());
        assertThat(json.path("completion.tokens").asDouble()).isEqualTo(7);
        assertThat(json.path("outcomes").path("completed").asDouble()).isEqualTo(2);
        assertThat(json.path("requests.waiting").asDouble()).isZero();
    }

    @Test
    void shouldTellTheBucketsOfATimer() {
        // Given
        for (String adapter : List.of("none", "mine")) {
            Timer timer = Timer.builder("causal.streams.time.to.first.token")
                    .tag("adapter", adapter)
                    .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
                    .register(meters);
            timer.record(Duration.ofMillis(5));
            timer.record(Duration.ofMillis(50));
            timer.record(Duration.ofSeconds(5));
        }

        // When
        JsonNode times = figures.json(List.of()).path("times").path("time.to.first.token");

        // Then: counts up to each edge where something is added; beyond the last there are two more
        assertThat(times.path("count").asInt()).isEqualTo(6);
        assertThat(times.path("buckets").toString()).isEqualTo("[[0.01,2.0],[0.1,4.0]]");
    }

    @Test
    void shouldTellTheBacklogOfPartitionsThatAreHere() {
        Gauge.builder("causal.streams.partition.backlog", () -> 5)
                .tag("partition", "1")
                .register(meters);
        JsonNode partitions = figures.json(List.of(new Progress(0, 10, 4), new Progress(1, 3, 3)))
                .path("partitions");
        assertThat(partitions.path(0).path("lag").asInt()).isEqualTo(6);
        assertThat(partitions.path(0).path("backlog").isNull()).isTrue();
        assertThat(partitions.path(1).path("lag").asInt()).isZero();
        assertThat(partitions.path(1).path("backlog").asInt()).isEqualTo(5);
    }
}
