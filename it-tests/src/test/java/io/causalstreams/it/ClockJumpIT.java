package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody sets the clock of a machine on which {@code serve} has work: deadlines, remembered completions, the age of what
 * waits and the work itself go by the time that passes. The broker's clock stays right.
 */
@Tag("chaos")
class ClockJumpIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -240, 240, 86_400})
    void shouldGoOnWhenTheClockIsSet(long secondsAhead) throws Exception {
        // Given: a request that is answered, one under way and one that waits behind it. By a step of more than
        // max.poll.interval.ms Kafka's consumer thinks that it was away and takes its partitions up again, and what is
        // taken up again is read by the clock: then with deadlines that are far.
        Instant far = secondsAhead < 300
                ? Instant.now().plusSeconds(120)
                : Instant.now().plus(Duration.ofDays(30));
        SettableClock clock = SettableClock.compiled();
        int port = FreePort.find();
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serve(clock, broker, port)) {
            client.send("k", prompt("done", 5, far));
            client.readCompletions(List.of("done"), LIMIT);
            // four choices on one slot, one after the other, so that it runs for seconds
            client.send("k", prompt("running", 1900, far).replace("{", "{\"n\": 4, "));
            client.send("k", prompt("waiting", 1900, far));
            client.readUntil("a token", LIMIT, () -> client.tokensSeen("running") > 0);

            Await.await("the one that waits has arrived")
                    .atMost(LIMIT)
                    .until(() -> meter(port, "causal_streams_requests_waiting") == 1);

            // When
            clock.set(Duration.ofSeconds(secondsAhead));
            assertThat(client.completions).doesNotContainKeys("running", "waiting");
            double oldest = meter(port, "causal_streams_oldest_waiting_seconds");
            client.send("k", prompt("after", 5, clock.now().plusSeconds(600)));
            client.send("k", prompt("done", 5, far));
            client.readCompletions(List.of("running", "waiting", "after"), LIMIT);
            client.readUntil("the remembered answer", LIMIT, () -> answers(client, "done") == 2);

            // Then: nothing expired, nothing ran twice, nothing is a day old
            assertThat(client.violations(List.of("running", "waiting", "after")))
                    .isEmpty();
            assertThat(client.tokensSeen("done")).isEqualTo(5);
            assertThat(meter(port, "causal_streams_duplicates_total")).isEqualTo(1);
            assertThat(oldest).isBetween(0.0, 200.0);
            assertThat(publishedAt(client, "after"))
                    .isBetween(clock.now().minusSeconds(200), clock.now().plusSeconds(5));

            // and a deadline by the new clock passes when it should
            client.send("k", prompt("late", 1900, clock.now().minusSeconds(1)));
            client.readCompletions(List.of("late"), LIMIT);
            assertThat(client.completion("late").path("error").path("code").asText())
                    .isEqualTo("DEADLINE_EXCEEDED");
            assertThat(serve.isAlive()).isTrue();
        }
    }

    private static int answers(OperatorClient client, String id) {
        List<JsonNode> completions = client.completions.getOrDefault(id, List.of());
        return completions.size();
    }

    private static Instant publishedAt(OperatorClient client, String id) {
        return Instant.parse(new String(
                client.completionRecord(id).headers().lastHeader("ce_time").value(),
                java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String prompt(String id, int tokens, Instant deadline) {
        return """
                {"id": "%s", "prompt": "x", "max_tokens": %d, "ignore_eos": true, "deadline": %d}""".formatted(id, tokens, deadline.getEpochSecond());
    }

    private static double meter(int port, String name) throws IOException, InterruptedException {
        String metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static CommandProcess serve(SettableClock clock, EmbeddedBroker broker, int port) {
        Map<String, String> environment = new HashMap<>(clock.environment());
        environment.put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m");
        CommandProcess serve = CommandProcess.start(
                environment,
                "serve",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--model",
                TestModels.tinyChat().toString(),
                "--threads",
                "1",
                "--slots",
                "1",
                "--metrics-port",
                Integer.toString(port),
                "--config",
                TestFiles.properties(Map.of(
                                "state.dir",
                                TestFiles.fresh("state-").toString(),
                                "causal.streams.max.in.flight.requests",
                                "1"))
                        .toString());
        serve.awaitOutput("Serving ", LIMIT);
        return serve;
    }
}
