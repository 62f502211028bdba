package io.causalstreams.app.internal.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.topology.RequestStatus;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OperationsServerTest {

    private static final String TEXT = "what was generated";

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final OperationsPages pages = new OperationsPages(meters, false);
    private final OperationsServer server = OperationsServer.start("127.0.0.1", 0, pages);
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldServeMetersInPrometheusFormat() throws Exception {
        meters.counter("causal.streams.completion.tokens").increment(3);
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("causal_streams_completion_tokens_total 3.0");
    }

    @Test
    void shouldBeHealthyOnlyWhenStreamsRunAndTheEngineLives() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(503);
        show(new Health("RUNNING", true));
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/health").body()).isEqualTo("{\"status\":\"UP\",\"streams\":\"RUNNING\",\"engine\":\"UP\"}\n");
        show(new Health("REBALANCING", true));
        assertThat(get("/health").statusCode()).isEqualTo(503);
        show(new Health("RUNNING", false));
        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health").body()).contains("\"engine\":\"DOWN\"");
    }

    @Test
    void shouldLiveUntilStreamsHaveEnded() throws Exception {
        assertThat(get("/live").statusCode()).isEqualTo(200); // the model is being loaded
        for (String state : List.of("REBALANCING", "RUNNING", "PENDING_SHUTDOWN")) {
            show(new Health(state, true));
            assertThat(get("/live").statusCode()).isEqualTo(200);
        }
        for (String state : List.of("ERROR", "NOT_RUNNING")) {
            show(new Health(state, true));
            assertThat(get("/live").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void shouldTellTheStateOfARequestWithoutItsText() throws Exception {
        show(new Health("RUNNING", true));
        HttpResponse<String> known = get("/status/a%2Fb%20c");
        assertThat(known.statusCode()).isEqualTo(200);
        assertThat(known.body()).isEqualTo("{\"id\":\"a/b c\",\"state\":\"running\",\"waited_ms\":12,\"tokens\":5}\n");
        assertThat(get("/status/other").statusCode()).isEqualTo(404);
        assertThat(get("/status/").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldShowTextWhenAskedTo() throws Exception {
        OperationsPages open = new OperationsPages(meters, true);
        open.show(new Scripted(new Health("RUNNING", true)));
        try (OperationsServer other = OperationsServer.start("127.0.0.1", 0, open)) {
            assertThat(send(other, HttpRequest.newBuilder(), "/status/a%2Fb%20c")
                            .body())
                    .contains("\"texts\":[\"" + TEXT + "\"]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"})
    void shouldRefuseOtherMethods(String method) throws Exception {
        HttpResponse<String> response =
                send(server, HttpRequest.newBuilder().method(method, BodyPublishers.noBody()), "/metrics");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        HttpResponse<String> response =
                send(server, HttpRequest.newBuilder().method("HEAD", BodyPublishers.noBody()), "/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void shouldRefuseBodiesAndOversizedRequests() throws Exception {
        assertThat(send(
                                server,
                                HttpRequest.newBuilder().method("GET", BodyPublishers.ofString("x".repeat(100_000))),
                                "/metrics")
                        .statusCode())
                .isEqualTo(413);
        assertThat(get("/" + "x".repeat(100_000)).statusCode()).isEqualTo(414);
        assertThat(send(server, HttpRequest.newBuilder().header("X-Big", "x".repeat(100_000)), "/metrics")
                        .statusCode())
                .isEqualTo(431);
        assertThat(get("/health").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldSurviveWhatIsNotHttp() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(new byte[] {0, 1, 2, (byte) 0xff, '\r', '\n', '\r', '\n'});
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        assertThat(get("/status/%ff").statusCode()).isIn(400, 404);
        assertThat(get("/../metrics").statusCode()).isIn(400, 404);
    }

    @Test
    void shouldSayWhichPortIsInUse() {
        assertThatThrownBy(() -> OperationsServer.start("127.0.0.1", server.port(), pages))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("127.0.0.1:" + server.port())
                .hasMessageContaining("--metrics-port");
    }

    private void show(Health health) {
        pages.show(new Scripted(health));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(server, HttpRequest.newBuilder(), path);
    }

    private HttpResponse<String> send(OperationsServer to, HttpRequest.Builder request, String path)
            throws IOException, InterruptedException {
        return client.send(
                request.uri(URI.create("http://127.0.0.1:" + to.port() + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    private record Scripted(Health health) implements RunningOperator {
        @Override
        public Optional<RequestStatus> status(String id) {
            return id.equals("a/b c")
                    ? Optional.of(new RequestStatus(id, RequestStatus.State.RUNNING, 12, List.of(TEXT), 5))
                    : Optional.empty();
        }
    }
}
