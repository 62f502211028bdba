package io.causalstreams.app.internal.operations;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans to wherever the {@code OTEL_*} variables of OpenTelemetry's specification say; nothing is started without them.
 *
 * <p>The default protocol is {@code http/protobuf}. Meters and logs have their own ways out, so only traces are exported
 * unless {@code OTEL_METRICS_EXPORTER} or {@code OTEL_LOGS_EXPORTER} say otherwise.
 */
public final class Tracing implements AutoCloseable {
    private static final List<String> ASKED_BY =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER");
    private static final int FLUSH_SECONDS = 2;

    private final @Nullable OpenTelemetrySdk sdk;

    private Tracing(@Nullable OpenTelemetrySdk sdk) {
        this.sdk = sdk;
    }

    /**
     * As the environment says.
     *
     * @param serviceName unless {@code OTEL_SERVICE_NAME} says otherwise
     */
    public static Tracing of(Map<String, String> environment, String serviceName) {
        if (ASKED_BY.stream()
                .allMatch(name -> environment.getOrDefault(name, "").isBlank())) {
            return new Tracing(null);
        }
        Map<String, String> defaults = Map.of(
                "otel.service.name", serviceName,
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none");
        return new Tracing(AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> defaults)
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk());
    }

    public OpenTelemetry openTelemetry() {
        return sdk == null ? OpenTelemetry.noop() : sdk;
    }

    /** Sends what has ended, for at most two seconds. */
    @Override
    public void close() {
        if (sdk != null) {
            sdk.getSdkTracerProvider().shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
        }
    }
}
