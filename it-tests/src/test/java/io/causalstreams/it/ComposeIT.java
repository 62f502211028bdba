package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code docker-compose.yml} as a user starts it: from nothing to healthy, killed in mid-generation, taken down. */
class ComposeIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @AfterAll
    static void takeDown() throws Exception {
        if (Brokers.dockerAnswers()) {
            compose("down", "--volumes", "--timeout", "10");
        }
    }

    @Test
    void shouldAnswerPromptsAndResumeAfterItsContainerIsKilled() throws Exception {
        // Given: up from nothing; the broker's own tool sends the prompt
        Brokers.requireDocker();
        TestModels.smolLm2(Precision.FP32); // the download is on the host, where the image looks for it
        compose("up", "--detach", "--build", "--wait");
        assertThat(
                        inBroker(
                                "kafka-console-producer.sh --bootstrap-server localhost:19092 --topic prompts",
                                "{\"id\": \"tale\", \"prompt\": \"Once upon a time\", \"max_tokens\": 150, \"ignore_eos\": true}\n"))
                .doesNotContain("ERROR");
        try (OperatorClient client = new OperatorClient("localhost:9092")) {
            client.readUntil("8 tokens", LIMIT, () -> client.tokensSeen("tale") >= 8);

            // When
            compose("kill", "app");
            assertThat(client.completions).doesNotContainKey("tale");
            compose("up", "--detach", "--wait", "app");
            client.readCompletions(List.of("tale"), LIMIT);

            // Then
            assertThat(client.violations(List.of("tale"))).isEmpty();
        }
        assertThat(inBroker(
                        "kafka-console-consumer.sh --bootstrap-server localhost:19092 --topic completions"
                                + " --from-beginning --max-messages 1 --timeout-ms 30000 --isolation-level read_committed",
                        ""))
                .contains("\"id\":\"tale\"");
        long start = System.nanoTime();
        compose("stop", "app");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    }

    private static String inBroker(String tool, String input) throws Exception {
        return run(input, "exec", "-T", "broker", "bash", "-c", "/opt/kafka/bin/" + tool);
    }

    private static void compose(String... arguments) throws Exception {
        run("", arguments);
    }

    private static String run(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker", "compose"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
