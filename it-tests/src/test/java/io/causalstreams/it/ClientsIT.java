package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Other people's clients ask the operator: confluent-kafka (librdkafka) in Python, KafkaJS in Node. Skipped where the
 * runtime is missing; pip and npm install the clients into target and keep their own caches.
 */
@Tag("clients")
@SuppressWarnings("NullAway.Init") // set before all
class ClientsIT {
    private static final Path CLIENTS = Path.of("clients");
    private static final Path INSTALLED = Path.of("target/clients").toAbsolutePath();
    private static final Duration INSTALL = Duration.ofMinutes(5);
    private static final Duration ASK = Duration.ofMinutes(3);
    private static final String QUESTION = "What is the capital of France?";

    private static Brokers.Broker broker;
    private static CommandProcess serve;

    /** What a command said and how it ended. */
    private record Result(int exit, String output) {}

    @BeforeAll
    static void start() {
        TestModels.smolLm2(Precision.FP32);
        broker = Brokers.embedded();
        serve = CommandProcess.serve(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        if (serve != null) {
            serve.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void shouldAnswerAPythonClient() throws IOException {
        // Given
        Path python = INSTALLED.resolve("python/bin/python");
        requireRuntime("python3", "--version");
        if (!Files.exists(python)) {
            install(
                    "a virtual environment",
                    "python3",
                    "-m",
                    "venv",
                    INSTALLED.resolve("python").toString());
        }
        Path requirements = CLIENTS.resolve("python/requirements.txt").toAbsolutePath();
        install("confluent-kafka", python.toString(), "-m", "pip", "install", "-q", "-r", requirements.toString());

        // When
        Path script = CLIENTS.resolve("python/ask.py").toAbsolutePath();
        Result result = run(ASK, python.toString(), script.toString(), broker.bootstrapServers(), "py", QUESTION);

        // Then
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("Paris");
    }

    @Test
    void shouldAnswerANodeClient() throws IOException {
        // Given
        Path node = Files.createDirectories(INSTALLED.resolve("node"));
        requireRuntime("node", "--version");
        requireRuntime("npm", "--version");
        for (String file : List.of("package.json", "ask.js")) {
            Files.copy(CLIENTS.resolve("node").resolve(file), node.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        install("KafkaJS", "npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", node.toString());

        // When
        Path script = node.resolve("ask.js");
        Result result = run(ASK, "node", script.toString(), broker.bootstrapServers(), "js", QUESTION);

        // Then
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("Paris");
    }

    /** Where there is no such runtime the test is skipped, also in CI. */
    private static void requireRuntime(String... command) {
        try {
            Result result = run(INSTALL, command);
            Assumptions.assumeTrue(
                    result.exit() == 0, () -> "skipped: " + command[0] + " does not run here: " + result.output());
        } catch (UncheckedIOException e) {
            Assumptions.abort("skipped: no " + command[0] + " here");
        }
    }

    /** Installs a client; where that fails, offline say, the test is skipped, but fails in CI. */
    private static void install(String what, String... command) {
        Result result = run(INSTALL, command);
        if (result.exit() == 0) {
            return;
        }
        String problem = what + " cannot be installed by '" + String.join(" ", command) + "': " + result.output();
        if (System.getenv("CI") != null) {
            throw new AssertionError(problem + "; the runtime is here, so CI must run this test");
        }
        Assumptions.abort("skipped: " + problem);
    }

    private static Result run(Duration limit, String... command) {
        try {
            Files.createDirectories(INSTALLED);
            Path log = Files.createTempFile(INSTALLED, "client-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command[0] + " still runs after " + limit + ": " + Files.readString(log));
            }
            return new Result(process.exitValue(), Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
