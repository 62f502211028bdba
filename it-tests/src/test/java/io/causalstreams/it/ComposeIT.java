package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.Precision;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docker-compose.yml} as a user starts it: from nothing to healthy, killed in mid-generation, taken down. */
@Tag("compose")
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
    void shouldAnswerPromptsAndComeBackByItselfAfterItIsKilled() throws Exception {
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
            killProcess();
            assertThat(client.completions).doesNotContainKey("tale");
            client.readCompletions(List.of("tale"), LIMIT);

            // Then
            assertThat(client.violations(List.of("tale"))).isEmpty();
            assertThat(inspect("{{.RestartCount}}")).isEqualTo("1");
        }
        assertThat(inBroker(
                        "kafka-console-consumer.sh --bootstrap-server localhost:19092 --topic completions"
                                + " --from-beginning --max-messages 1 --timeout-ms 30000 --isolation-level read_committed",
                        ""))
                .contains("\"id\":\"tale\"");
        checkContainer();
        checkHeap();
        checkHttp();
        long start = System.nanoTime();
        compose("stop", "app");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(Duration.ofSeconds(12)); // 10 and the tool's own
        assertThat(inspect("{{.State.ExitCode}}"))
                .as("137 is a kill after the grace period")
                .isNotEqualTo("137");
    }

    @Test
    void shouldHaveValidProfiles() throws Exception {
        Brokers.requireDocker();
        assertThat(run("", "config", "--services").lines()).containsExactlyInAnyOrder("broker", "app");
        assertThat(run("", "--profile", "observability", "config", "--services").lines())
                .containsExactlyInAnyOrder("broker", "app", "prometheus", "grafana");
        assertThat(run("", "--profile", "observability", "config", "--images").lines())
                .allMatch(image -> image.matches("[a-z/-]+:(v?\\d+\\.\\d+\\.\\d+|local)"));
    }

    /**
     * As the kernel does when memory runs out: {@code docker kill} would count as stopped by hand. A process of the same
     * user may do it.
     */
    private static void killProcess() throws Exception {
        String kill = "kill -9 " + inspect("{{.State.Pid}}");
        docker("run", "--rm", "--pid=host", "--entrypoint", "bash", "causal-streams:local", "-c", kill);
    }

    private static void checkContainer() throws Exception {
        Await.await("healthy again")
                .atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> inspect("{{.State.Health.Status}}").equals("healthy"));
        assertThat(inspect("{{.HostConfig.ReadonlyRootfs}}")).isEqualTo("true");
        assertThat(inApp("id -u")).isEqualTo("10001");
        assertThat(inApp("touch /app/x /x 2>&1 || true")).contains("Read-only file system");
        assertThat(inApp("touch /tmp/x /cache/x && echo writable")).isEqualTo("writable");
        long image = Long.parseLong(docker("image", "inspect", "--format", "{{.Size}}", "causal-streams:local"));
        System.out.println("ComposeIT: image of " + (image >> 20) + " MiB");
        assertThat(image).as("bytes of the image").isLessThan(500L << 20);
    }

    /** A quarter of the container, not of the machine. */
    private static void checkHeap() throws Exception {
        long container = Long.parseLong(inspect("{{.HostConfig.Memory}}"));
        String metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:9404/metrics"))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        double heap = metrics.lines()
                .filter(line -> line.startsWith("jvm_memory_max_bytes{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(heap / container).isBetween(0.2, 0.3);
    }

    /** The door and its console are published. */
    private static void checkHttp() {
        String port = System.getenv().getOrDefault("CAUSAL_STREAMS_HTTP_PORT", "8080");
        HttpClients.Whole answer = HttpClients.post(
                Integer.parseInt(port),
                "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":3}");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.body().path("usage").path("completion_tokens").asInt())
                .isPositive();
        assertThat(HttpClients.get(Integer.parseInt(port), "/console").status()).isEqualTo(200);
    }

    private static String inApp(String command) throws Exception {
        return run("", "exec", "-T", "app", "bash", "-c", command).strip();
    }

    private static String inspect(String format) throws Exception {
        return docker(
                "inspect",
                "--format",
                format,
                run("", "ps", "--all", "--quiet", "app").strip());
    }

    private static String inBroker(String tool, String input) throws Exception {
        return run(input, "exec", "-T", "broker", "bash", "-c", "/opt/kafka/bin/" + tool);
    }

    private static void compose(String... arguments) throws Exception {
        run("", arguments);
    }

    private static String docker(String... arguments) throws Exception {
        return runCommand("", List.of(arguments)).strip();
    }

    private static String run(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("compose"));
        command.addAll(List.of(arguments));
        return runCommand(input, command);
    }

    private static String runCommand(String input, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(arguments);
        Path errors = Files.createTempFile("compose-", ".log"); // progress and warnings go there, answers to stdout
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectError(errors.toFile())
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + output + Files.readString(errors));
        }
        Files.delete(errors);
        return output;
    }
}
