package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OperatorTelemetryTest {

    private final ScriptedEngine engine = ScriptedEngine.saying("It is sunny.");

    @Test
    void shouldTellWhereARequestIsAndWhatWasPublishedOfIt() {
        try (OperatorDriver driver = new OperatorDriver(engine, Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))) {
            // Given
            driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\",\"n\":2}");
            driver.send("k", "{\"id\":\"b\",\"prompt\":\"x\"}");
            engine.step();
            engine.step();
            driver.advance(10);
            // When
            RequestStatus running = driver.causalStreams.status("a").orElseThrow();
            RequestStatus waiting = driver.causalStreams.status("b").orElseThrow();
            // Then
            assertThat(running.state()).isEqualTo(RequestStatus.State.RUNNING);
            assertThat(running.texts()).containsExactly("It is", "It is");
            assertThat(running.tokens()).isEqualTo(4);
            assertThat(waiting.state()).isEqualTo(RequestStatus.State.WAITING);
            assertThat(waiting.texts()).isEmpty();
            engine.runAll();
            driver.advance(10);
            assertThat(driver.causalStreams.status("a")).isEmpty();
            assertThat(driver.causalStreams.status("unknown")).isEmpty();
        }
    }

    @Test
    void shouldForgetTheRequestsOfATaskThatLeft() {
        OperatorDriver driver = new OperatorDriver(engine);
        driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\"}");
        driver.close();
        assertThat(driver.causalStreams.status("a")).isEmpty();
        assertThat(engine.cancelled()).containsExactly("a");
    }

    @Test
    void shouldMeterRequestsTokensAndTimes() {
        engine.failing("bad", 1, new GenerationException.Failed("x", null));
        try (OperatorDriver driver = new OperatorDriver(engine, Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 2))) {
            // Given
            driver.send("k", "{\"id\":\"a\",\"prompt\":\"one two\"}");
            driver.send("k", "{\"id\":\"bad\",\"prompt\":\"x\"}");
            driver.send("k", "{\"id\":\"c\",\"prompt\":\"x\"}");
            driver.send("k", "{\"id\":\"c\",\"prompt\":\"x\"}");
            driver.send("k", "{");
            driver.advance(10);
            assertThat(gauge(driver, "requests.running")).isEqualTo(2);
            assertThat(gauge(driver, "requests.waiting")).isEqualTo(1);
            assertThat(gauge(driver, "journal.entries")).isEqualTo(3);
            assertThat(gauge(driver, "journal.bytes")).isPositive();
            assertThat(gauge(driver, "engine.slots.used")).isEqualTo(2);
            // When
            for (int i = 0; i < 10; i++) {
                engine.step();
                driver.advance(100);
            }
            // Then
            assertThat(counter(driver, "completion.tokens")).isEqualTo(7);
            assertThat(counter(driver, "prompt.tokens")).isEqualTo(3);
            assertThat(counter(driver, "duplicates")).isEqualTo(1);
            assertThat(counter(driver, "dead.letters")).isEqualTo(2);
            assertThat(outcomes(driver, "completed")).isEqualTo(2);
            assertThat(outcomes(driver, "inference_error")).isEqualTo(1);
            assertThat(driver.meters
                            .get("causal.streams.time.to.first.token")
                            .timer()
                            .count())
                    .isEqualTo(3);
            assertThat(driver.meters
                            .get("causal.streams.time.per.output.token")
                            .timer()
                            .mean(TimeUnit.MILLISECONDS))
                    .isEqualTo(100);
            assertThat(driver.meters
                            .get("causal.streams.engine.completion.tokens")
                            .functionCounter()
                            .count())
                    .isEqualTo((double) engine.stats().completionTokens())
                    .isPositive();
            assertThat(gauge(driver, "journal.entries")).isZero();
            assertThat(gauge(driver, "remembered")).isEqualTo(2);
        }
    }

    @Test
    void shouldMeterRequestsByTheModelThatAnswers() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // a rate would miss what a new counter begins with
            assertThat(tokensOf(driver, engine.model().name())).isZero();

            driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\"}");
            engine.runAll();
            driver.advance(10);

            assertThat(tokensOf(driver, engine.model().name())).isEqualTo(3);
        }
    }

    private static double tokensOf(OperatorDriver driver, String model) {
        return driver.meters
                .get("causal.streams.completion.tokens")
                .tag("model", model)
                .counter()
                .count();
    }

    @Test
    void shouldMeterWhatTheEngineEndedEarlyByItsError() {
        // Given
        engine.endingAtDeadline("late", 1);
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            driver.send("k", "{\"id\":\"late\",\"prompt\":\"x\"}");

            // When
            engine.runAll();
            driver.advance(10);

            // Then
            assertThat(outcomes(driver, "deadline_exceeded")).isEqualTo(1);
            assertThat(outcomes(driver, "completed")).isZero();
            assertThat(counter(driver, "dead.letters")).isEqualTo(1);
        }
    }

    @Test
    void shouldTellTheAgeOfTheOldestThoughOthersGoFirst() throws InterruptedException {
        try (OperatorDriver driver = new OperatorDriver(engine, Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))) {
            // Given: one runs, a later one waits, and one more urgent has just come
            driver.send("k", "{\"id\":\"running\",\"prompt\":\"x\"}");
            driver.advance(10);
            driver.send("k", "{\"id\":\"patient\",\"prompt\":\"x\",\"priority\":1}");
            Thread.sleep(50);

            // When
            driver.send("k", "{\"id\":\"urgent\",\"prompt\":\"x\",\"priority\":0}");
            driver.advance(10);

            // Then
            assertThat(gauge(driver, "requests.waiting")).isEqualTo(2);
            assertThat(gauge(driver, "oldest.waiting")).isGreaterThanOrEqualTo(0.05);
        }
    }

    @Test
    void shouldMeterTheBacklogOfAPartitionWhileItIsHere() {
        OperatorDriver driver = new OperatorDriver(engine);
        try (driver) {
            driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\"}");
            driver.advance(10);
            assertThat(driver.meters
                            .get("causal.streams.partition.backlog")
                            .tag("partition", "0")
                            .gauge()
                            .value())
                    .isEqualTo(1);
        }
        assertThat(driver.meters.find("causal.streams.partition.backlog").gauge())
                .isNull();
    }

    private static double gauge(OperatorDriver driver, String name) {
        return driver.meters.get("causal.streams." + name).gauge().value();
    }

    private static double counter(OperatorDriver driver, String name) {
        return driver.meters.get("causal.streams." + name).counter().count();
    }

    private static double outcomes(OperatorDriver driver, String outcome) {
        return driver.meters
                .get("causal.streams.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
