package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Apicurio Registry in memory, a process of its own, from the artifact that the build has unpacked. */
final class ApicurioRegistry implements AutoCloseable {
    private static final Path HOME = Path.of("target/apicurio-registry");
    private static final String JSON = "application/vnd.schemaregistry.v1+json";

    private final Process process;
    private final String address;
    private final HttpClient http = HttpClient.newHttpClient();

    private ApicurioRegistry(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Starts it and returns when it answers. Where the build has not unpacked it the test is skipped, but fails in CI. */
    static ApicurioRegistry start() {
        try {
            int port = FreePort.find();
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-XX:TieredStopAtLevel=1",
                            "-Dquarkus.http.host=127.0.0.1",
                            "-Dquarkus.http.port=" + port,
                            "-jar",
                            runner().toAbsolutePath().toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(TestFiles.fresh("registry-").resolve("log").toFile())
                    .start();
            ApicurioRegistry registry = new ApicurioRegistry(process, "http://127.0.0.1:" + port);
            try {
                Await.await("the registry answers")
                        .atMost(Duration.ofMinutes(3))
                        .pollInterval(Duration.ofMillis(200))
                        .until(registry::answers);
            } catch (Throwable e) {
                registry.close();
                throw e;
            }
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path runner() throws IOException {
        if (Files.isDirectory(HOME)) {
            try (Stream<Path> files = Files.list(HOME)) {
                return files.filter(each -> each.toString().endsWith("-runner.jar"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(HOME + " has no runner"));
            }
        }
        if (System.getenv("CI") != null) {
            throw new AssertionError(HOME + " is missing, and CI must run this test");
        }
        return Assumptions.abort("skipped: " + HOME + " is missing; mvn verify unpacks it");
    }

    private boolean answers() throws InterruptedException {
        try {
            return send(HttpRequest.newBuilder(URI.create(confluentAddress() + "/subjects")))
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            if (!process.isAlive()) {
                throw new AssertionError("the registry ended with " + process.exitValue());
            }
            return false;
        }
    }

    /** Of its REST API, for Apicurio's serdes. */
    String apicurioAddress() {
        return address + "/apis/registry/v3";
    }

    /** Of Confluent's REST API. */
    String confluentAddress() {
        return address + "/apis/ccompat/v7";
    }

    /** Registers a version; {@code body} is as Confluent's REST API takes it. */
    void register(String subject, String body) {
        try {
            HttpResponse<String> response =
                    send(HttpRequest.newBuilder(URI.create(confluentAddress() + "/subjects/" + subject + "/versions"))
                            .header("Content-Type", JSON)
                            .POST(BodyPublishers.ofString(body)));
            if (response.statusCode() != 200) {
                throw new AssertionError(response.statusCode() + ": " + response.body());
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
    }
}
