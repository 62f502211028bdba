package io.causalstreams.app.internal.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.OpenTelemetry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TracingTest {

    @Test
    void shouldStartNothingUnlessTheEnvironmentAsks() {
        try (Tracing tracing = Tracing.of(Map.of("OTEL_SERVICE_NAME", "x"), "causal-streams")) {
            assertThat(tracing.openTelemetry()).isSameAs(OpenTelemetry.noop());
        }
    }

    @Test
    void shouldSendSpansToTheEndpointOfTheEnvironmentBeforeItCloses() throws Exception {
        // Given
        CompletableFuture<String> received = new CompletableFuture<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            received.complete(new String(body, StandardCharsets.ISO_8859_1));
        });
        collector.start();
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
        System.setProperty("otel.exporter.otlp.endpoint", endpoint);
        System.setProperty("otel.exporter.otlp.compression", "none");
        try {
            // When
            try (Tracing tracing = Tracing.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), "my-service")) {
                tracing.openTelemetry()
                        .getTracer("test")
                        .spanBuilder("chat model")
                        .startSpan()
                        .end();
            }
            // Then
            assertThat(received.get(20, TimeUnit.SECONDS)).contains("chat model", "my-service");
        } finally {
            System.clearProperty("otel.exporter.otlp.endpoint");
            System.clearProperty("otel.exporter.otlp.compression");
            collector.stop(0);
        }
    }
}
