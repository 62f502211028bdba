package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What {@code models size} says, of the real model. */
@Tag("slow")
@MostlyWaits
class ModelSizeIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Path VALUES = Path.of("../deploy/kubernetes/causal-streams/values.yaml");
    private static final int SLOTS = 4;

    @Test
    void shouldBeWhatTheChartHasByDefault() throws IOException {
        String said = said("--precision", "int8", "--slots", "8", "--partitions", "8", "--helm");
        String values = Files.readString(VALUES);
        assertThat(said.lines().filter(line -> line.contains("memory:") || line.startsWith("javaOptions:")))
                .hasSize(3)
                .allMatch(values::contains);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTakeNoMoreMemoryThanModelsSizeSays() throws Exception {
        for (String precision : List.of("int8", "fp32")) {
            // Given
            JsonNode said = new ObjectMapper()
                    .readTree(said("--precision", precision, "--slots", Integer.toString(SLOTS), "--json"));

            // When: every slot is filled
            long most = 0;
            try (EmbeddedBroker broker = EmbeddedBroker.start();
                    OperatorClient client = new OperatorClient(broker.bootstrapServers());
                    CommandProcess serve =
                            serve(broker, precision, said.path("java_options").asText())) {
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < 2 * SLOTS; i++) {
                    ids.add("long-" + i);
                    client.send("key-" + i, """
                            {"id": "long-%d", "prompt": "%s", "max_tokens": 40, "ignore_eos": true, "logprobs": 3}""".formatted(i, numbers(i)));
                }
                while (!client.completions.keySet().containsAll(ids)) {
                    client.readFor(Duration.ofMillis(200));
                    most = Math.max(most, residentBytes(serve.pid()));
                }
                assertThat(client.violations(ids)).isEmpty();
            }

            // Then: no more, and not much less
            System.out.printf(
                    "%s: %d MiB resident at most, %s MiB said, of which %s MiB are the heap's%n",
                    precision,
                    most >> 20,
                    said.path("limit").asLong() >> 20,
                    said.path("heap").asLong() >> 20);
            assertThat(most).isLessThan(said.path("limit").asLong());
            assertThat(most)
                    .isGreaterThan(
                            (said.path("limit").asLong() - said.path("heap").asLong()) / 2);
        }
    }

    /** Some 1,950 tokens, others for each request. */
    private static String numbers(int seed) {
        return String.join(
                " ",
                IntStream.range(seed, seed + 390)
                        .mapToObj(i -> Integer.toString(1000 + i))
                        .toList());
    }

    private static CommandProcess serve(EmbeddedBroker broker, String precision, String javaOptions) {
        CommandProcess serve = CommandProcess.start(
                Map.of("JAVA_OPTS", javaOptions),
                "serve",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--precision",
                precision,
                "--slots",
                Integer.toString(SLOTS));
        serve.awaitOutput("Serving ", LIMIT);
        return serve;
    }

    private static String said(String... options) {
        List<String> arguments = new ArrayList<>(List.of("models", "size", "smollm2-135m-instruct"));
        arguments.addAll(List.of(options));
        try (CommandProcess size = CommandProcess.start(arguments.toArray(String[]::new))) {
            assertThat(size.awaitExit(LIMIT)).as(size.output()).isZero();
            return size.output();
        }
    }

    private static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS of " + pid);
    }
}
