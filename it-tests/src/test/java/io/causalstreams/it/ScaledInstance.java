package io.causalstreams.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@code serve} that is watched by its endpoint, as a kubelet and a scraper would. Times are ms of {@link System#nanoTime}. */
final class ScaledInstance implements AutoCloseable {
    private static final long UNKNOWN = -1;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final CommandProcess process;
    private final int port;
    final long startedAt = now();
    private volatile long readyAt = UNKNOWN;
    private volatile long firstTokenAt = UNKNOWN;
    private volatile long firstRestoring = UNKNOWN;
    private volatile long lastRestoring = UNKNOWN;
    private boolean terminated;

    private ScaledInstance(CommandProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    static ScaledInstance start(String bootstrapServers, Path config, String... more) {
        int port = FreePort.find();
        String[] arguments = new String[more.length + 11];
        String[] first = {
            "serve",
            "--bootstrap-servers",
            bootstrapServers,
            "--model",
            TestModels.tinyChat().toString(),
            "--threads",
            "1",
            "--metrics-port",
            Integer.toString(port),
            "--config",
            config.toString()
        };
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        ScaledInstance instance = new ScaledInstance(
                CommandProcess.start(Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m"), arguments), port);
        Thread watch = new Thread(instance::watch, "watch-" + port);
        watch.setDaemon(true);
        watch.start();
        return instance;
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Notes when it is ready, and when it has published a token. */
    private void watch() {
        try {
            while (process.isAlive() && (firstTokenAt == UNKNOWN || readyAt == UNKNOWN)) {
                if (readyAt == UNKNOWN && isReady()) {
                    readyAt = now();
                }
                if (firstTokenAt == UNKNOWN && meter("causal_streams_time_to_first_token_seconds_count") > 0) {
                    firstTokenAt = now();
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isReady() {
        Answer answer = answer("/health");
        if (answer.body().contains("REBALANCING")) {
            lastRestoring = now();
            firstRestoring = firstRestoring == UNKNOWN ? lastRestoring : firstRestoring;
        }
        return answer.statusCode() == 200;
    }

    /** How long it said so while it got its partitions and restored them. */
    long millisRestoring() {
        return lastRestoring - firstRestoring;
    }

    boolean wasReady() {
        return readyAt != UNKNOWN;
    }

    boolean hasAnswered() {
        return firstTokenAt != UNKNOWN;
    }

    /** From its start. */
    long millisToReady() {
        return readyAt - startedAt;
    }

    /** From its start to the first token that it published. */
    long millisToFirstToken() {
        return firstTokenAt - startedAt;
    }

    /** All series of that name, added up; 0 where there are none. */
    double meter(String name) {
        return answer("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** 503 without a body while nobody listens. */
    private Answer answer(String path) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(503, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private record Answer(int statusCode, String body) {}

    /** Whether it runs and has not been told to end. */
    boolean isWanted() {
        return !terminated && process.isAlive();
    }

    /** What the preStop hook and the kubelet do. */
    void terminate() {
        terminated = true;
        process.signal("TERM");
    }

    void awaitExit() {
        process.awaitExit(LIMIT);
    }

    void kill9() {
        process.kill9();
    }

    String output() {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
