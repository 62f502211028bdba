package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every measurement of {@code bench} comes to an end with figures that make sense; not how good they are. */
class BenchIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Test
    void shouldMeasureTheEngineInEveryWay() throws JsonProcessingException {
        // When
        List<JsonNode> results = bench(
                "--engine",
                "--prefill",
                "16,32",
                "--first-token",
                "--arrivals",
                "4",
                "--arrivals-per-second",
                "50",
                "--decoding",
                "2",
                "--constrained",
                "--quoting");

        // Then
        assertThat(median(only(results, "engine"), "decode_tokens_per_second")).isPositive();
        assertThat(of(results, "prefill")).hasSize(2).allMatch(line -> median(line, "prefill_tokens_per_second") > 0);
        assertThat(only(results, "first_token").path("p99_seconds").asDouble()).isPositive();
        assertThat(median(only(results, "constrained"), "ratio")).isPositive();
        assertThat(of(results, "quoting"))
                .isNotEmpty()
                .allMatch(line -> line.path("identical").asBoolean());
        assertThat(only(results, "memory").path("peak_resident_bytes").asLong()).isPositive();
    }

    @Test
    void shouldMeasureTheWayThroughKafka() throws JsonProcessingException {
        // When
        List<JsonNode> results = bench("--kafka", "--latency", "--http");

        // Then: each token of each round was seen by the reader
        JsonNode kafka = only(results, "kafka");
        assertThat(median(kafka, "completions_per_second")).isPositive();
        assertThat(median(kafka, "ratio")).isPositive();
        assertThat(kafka.path("broker_cpu_seconds_per_1000_tokens").asDouble()).isPositive();
        assertThat(kafka.path("journal_bytes_per_1000_tokens").asDouble()).isPositive();
        assertThat(kafka.path("output_bytes_per_1000_tokens").asDouble()).isPositive();
        assertThat(of(results, "latency"))
                .extracting(line -> line.path("guarantee").asText())
                .containsExactly("exactly_once_v2", "at_least_once");
        assertThat(of(results, "latency")).allMatch(line -> median(line, "p50_milliseconds") > 0);
        assertThat(median(only(results, "http"), "ratio")).isPositive();
    }

    private static List<JsonNode> bench(String... measurements) throws JsonProcessingException {
        List<String> arguments = new ArrayList<>(List.of(
                "bench",
                "--model",
                TestModels.tinyChat().toString(),
                "--json",
                "--concurrency",
                "2",
                "--prompt-tokens",
                "8",
                "--max-tokens",
                "16",
                "--rounds",
                "2"));
        arguments.addAll(List.of(measurements));
        try (CommandProcess bench = CommandProcess.start(
                Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1"), arguments.toArray(String[]::new))) {
            int exitCode = bench.awaitExit(LIMIT);
            String output = bench.output();
            assertThat(exitCode).as(output).isZero();
            List<JsonNode> results = new ArrayList<>();
            for (String line :
                    output.lines().filter(each -> each.startsWith("{")).toList()) {
                results.add(new ObjectMapper().readTree(line));
            }
            return results;
        }
    }

    private static List<JsonNode> of(List<JsonNode> results, String benchmark) {
        return results.stream()
                .filter(line -> line.path("benchmark").asText().equals(benchmark))
                .toList();
    }

    private static JsonNode only(List<JsonNode> results, String benchmark) {
        List<JsonNode> found = of(results, benchmark);
        assertThat(found).as(benchmark + " in " + results).hasSize(1);
        return found.get(0);
    }

    private static double median(JsonNode line, String figure) {
        return line.path(figure).path("median").asDouble();
    }
}
