package io.causalstreams.topology;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.testkit.ScriptedEngine;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompletionSpansTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final ScriptedEngine engine = ScriptedEngine.saying("It is sunny.");
    private final OperatorDriver driver = new OperatorDriver(engine, Map.of(), telemetry);

    @AfterEach
    void close() {
        driver.close();
        telemetry.close();
    }

    @Test
    void shouldContinueTheTraceOfThePromptFromArrivalToCompletion() {
        // Given
        driver.send(
                "k",
                "{\"id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"secret words\"}],\"max_tokens\":9}",
                Map.of("traceparent", "00-" + TRACE + "-" + PARENT + "-01"));
        driver.advance(10);
        // When
        engine.runAll();
        driver.advance(500);
        // Then
        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("chat scripted");
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isEqualTo(510_000_000L);
        assertThat(text(span, "gen_ai.operation.name")).isEqualTo("chat");
        assertThat(text(span, "gen_ai.request.model")).isEqualTo("scripted");
        assertThat(text(span, "gen_ai.response.id")).isEqualTo("a");
        assertThat(count(span, "gen_ai.request.max_tokens")).isEqualTo(9);
        assertThat(count(span, "gen_ai.usage.input_tokens")).isEqualTo(2);
        assertThat(count(span, "gen_ai.usage.output_tokens")).isEqualTo(3);
        assertThat(reasons(span)).containsExactly("stop");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.toString()).doesNotContain("secret").doesNotContain("sunny");
    }

    @Test
    void shouldStartATraceWhenThePromptHasNone() {
        driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\"}", Map.of("traceparent", "nonsense"));
        engine.runAll();
        driver.advance(10);
        assertThat(onlySpan().getName()).isEqualTo("text_completion scripted");
        assertThat(onlySpan().getParentSpanId()).isEqualTo(SpanId.getInvalid());
    }

    @Test
    void shouldTellTheKindOfAnErrorAndNotItsMessage() {
        engine.failing("bad", 1, new GenerationException.Failed("secret words", null));
        driver.send("k", "{\"id\":\"bad\",\"prompt\":\"x\"}");
        engine.runAll();
        driver.advance(10);
        SpanData span = onlySpan();
        assertThat(text(span, "error.type")).isEqualTo("inference_error");
        assertThat(reasons(span)).containsExactly("error");
        assertThat(count(span, "gen_ai.usage.output_tokens")).isEqualTo(1);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.toString()).doesNotContain("secret");
    }

    @Test
    void shouldTellOfInvalidAndCancelledRequests() {
        // Given
        driver.send("k", "{\"id\":\"invalid\",\"messages\":[],\"temperature\":-1}");
        driver.send("k", "{\"id\":\"cancelled\",\"prompt\":\"x\"}");
        // When
        driver.send("k", null);
        // Then
        List<SpanData> ended = spans.getFinishedSpanItems();
        assertThat(ended).hasSize(2);
        assertThat(text(ended.get(0), "error.type")).isEqualTo("invalid_request");
        assertThat(ended.get(0).getName()).isEqualTo("chat scripted");
        assertThat(text(ended.get(1), "error.type")).isNull();
        assertThat(reasons(ended.get(1))).containsExactly("cancelled");
    }

    private SpanData onlySpan() {
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        return spans.getFinishedSpanItems().get(0);
    }

    private static String text(SpanData span, String key) {
        return span.getAttributes().get(stringKey(key));
    }

    private static long count(SpanData span, String key) {
        AttributeKey<Long> number = longKey(key);
        assertThat(span.getAttributes().asMap()).containsKey(number);
        return span.getAttributes().get(number);
    }

    private static List<String> reasons(SpanData span) {
        return span.getAttributes().get(stringArrayKey("gen_ai.response.finish_reasons"));
    }
}
