package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Usage;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.internal.answer.Ending;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A span per completion, from arrival to completion, as a child of the prompt's {@code traceparent}.
 *
 * <p>Attributes: OpenTelemetry's semantic conventions for generative AI (v1.37). Neither prompts, nor generated text, nor
 * messages of errors are in it. A span is made when its request ends, so that one that moves to another process has one
 * span, there; after an aborted transaction there is another.
 *
 * <p>Threading: any thread.
 */
final class CompletionSpans {

    private static final String SCOPE = "io.causalstreams";
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    private static final TextMapGetter<Headers> HEADERS = new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
            Header header = headers == null ? null : headers.lastHeader(name);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    };

    private final Tracer tracer;
    private final GenerationEngine engine;

    CompletionSpans(OpenTelemetry telemetry, GenerationEngine engine) {
        this.tracer = telemetry.getTracer(SCOPE);
        this.engine = engine;
    }

    /** Reports a request that ended. */
    void ended(EndedRequest ended) {
        if (!tracer.isEnabled()) {
            return;
        }
        GenerationRequest request = ended.job().request();
        Headers headers = ended.job().arrival().headers();
        String operation = request.prompt() instanceof Prompt.Chat ? "chat" : "text_completion";
        String model = modelOf(request);
        Span span = tracer.spanBuilder(operation + " " + model)
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS))
                .setSpanKind(SpanKind.INTERNAL) // the model runs in this process
                .setStartTimestamp(ended.arrivedMs(), TimeUnit.MILLISECONDS)
                .setAttribute("gen_ai.operation.name", operation)
                .setAttribute("gen_ai.provider.name", "causal_streams")
                .setAttribute("gen_ai.request.model", model)
                .setAttribute("gen_ai.response.model", model)
                .setAttribute("gen_ai.response.id", request.id())
                .startSpan();
        String session = ended.job().session();
        if (session != null) {
            span.setAttribute("gen_ai.conversation.id", session);
        }
        sampling(span, request.sampling());
        Ending ending = ended.ending();
        if (ending instanceof Ending.Completed completed) {
            usage(span, completed.finished().usage());
            reasons(
                    span,
                    completed.finished().choices().stream()
                            .map(Choice::finishReason)
                            .toList());
        } else if (ending instanceof Ending.Incomplete failed) {
            span.setAttribute("gen_ai.usage.output_tokens", (long) ended.tokens());
            span.setAttribute(FINISH_REASONS, List.of(failed.reason().wireName()));
            if (failed.failure().code() != ErrorCode.CANCELLED) {
                error(span, failed.failure().code().name().toLowerCase(Locale.ROOT));
            }
        }
        span.end(ended.endedMs(), TimeUnit.MILLISECONDS);
    }

    /** The one that was named, if it is not there any more. */
    private String modelOf(GenerationRequest request) {
        try {
            return engine.model(request.model()).name();
        } catch (GenerationException.Invalid e) {
            return String.valueOf(request.model());
        }
    }

    private static void sampling(Span span, SamplingParams sampling) {
        if (sampling.maxTokens() != null) {
            span.setAttribute("gen_ai.request.max_tokens", (long) sampling.maxTokens());
        }
        span.setAttribute("gen_ai.request.temperature", sampling.temperature());
        span.setAttribute("gen_ai.request.top_p", sampling.topP());
        if (sampling.topK() > 0) {
            span.setAttribute("gen_ai.request.top_k", (double) sampling.topK());
        }
        if (sampling.seed() != null) {
            span.setAttribute("gen_ai.request.seed", sampling.seed());
        }
        if (sampling.n() != 1) {
            span.setAttribute("gen_ai.request.choice.count", (long) sampling.n());
        }
        OutputConstraint form = sampling.constraint();
        if (form instanceof OutputConstraint.Verbatim verbatim) {
            form = verbatim.form();
        }
        if (form instanceof OutputConstraint.JsonObject || form instanceof OutputConstraint.JsonSchema) {
            span.setAttribute("gen_ai.output.type", "json");
        }
    }

    private static void usage(Span span, Usage usage) {
        span.setAttribute("gen_ai.usage.input_tokens", (long) usage.promptTokens());
        span.setAttribute("gen_ai.usage.output_tokens", (long) usage.completionTokens());
        span.setAttribute("gen_ai.usage.cache_read.input_tokens", (long) usage.cachedTokens());
    }

    private static void reasons(Span span, List<FinishReason> reasons) {
        span.setAttribute(
                FINISH_REASONS, reasons.stream().map(FinishReason::wireName).toList());
        reasons.stream()
                .filter(each -> each == FinishReason.DEADLINE_EXCEEDED || each == FinishReason.ERROR)
                .findFirst()
                .ifPresent(each -> error(span, each.wireName()));
    }

    private static void error(Span span, String type) {
        span.setAttribute("error.type", type);
        span.setStatus(StatusCode.ERROR);
    }
}
