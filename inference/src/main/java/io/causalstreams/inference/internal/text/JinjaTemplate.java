package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.OutputTooBigException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import io.causalstreams.inference.GenerationException.Invalid;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import jinjava.javax.el.CompositeELResolver;

/**
 * A Jinja template, rendered as Jinja2 renders it.
 *
 * <p>By Jinjava, in which a template cannot reach Java objects; output, ranges and the number of nodes are bounded. Immutable;
 * any thread.
 */
final class JinjaTemplate {
    private static final int MAX_OUTPUT_BYTES = 64 << 20;
    private static final int MAX_RANGE = 100_000;
    private static final int MAX_NODES = 2_000_000;
    private static final int MAX_DEPTH = 100;
    /** Where a rendering counts its nodes; no template can spell this name. */
    private static final String NODES = "nodes rendered";

    private final Jinjava jinjava;
    private final String source;

    /**
     * @param clock what {@code strftime_now} reads
     * @throws IllegalArgumentException if the template's tags do not close
     */
    JinjaTemplate(String template, Clock clock) {
        this.jinjava = new Jinjava(config(clock));
        this.source = JinjaSource.forJinjava(template);
        jinjava.getGlobalContext().registerFilter(new PythonJsonFilter());
        jinjava.getGlobalContext().registerFilter(new PythonTrimFilter());
        jinjava.getGlobalContext().registerFilter(new PythonItemsFilter());
        jinjava.getGlobalContext().registerExpTest(new PythonIterableTest());
        JinjaFunctions.all().forEach(jinjava.getGlobalContext()::registerFunction);
    }

    private static JinjavaConfig config(Clock clock) {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonMethods());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        return JinjavaConfig.newBuilder()
                .withElResolver(resolver)
                .withDateTimeProvider(clock::millis)
                .withTimeZone(clock.getZone())
                .withNestedInterpretationEnabled(false)
                .withDisabled(Map.of(Context.Library.FILTER, Set.of("center"))) // allocates any width it is given
                .withMaxOutputSize(MAX_OUTPUT_BYTES)
                .withMaxStringLength(MAX_OUTPUT_BYTES)
                .withProcessors(JinjavaProcessors.newBuilder()
                        .withNodePreProcessor((node, interpreter) -> countNode(interpreter))
                        .build())
                .withEnableRecursiveMacroCalls(true)
                .withMaxMacroRecursionDepth(MAX_DEPTH)
                .withRangeLimit(MAX_RANGE)
                .withMaxListSize(MAX_RANGE)
                .withMaxMapSize(MAX_RANGE)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withKeepNullableLoopValues(true)
                        .build())
                .build();
    }

    private static void countNode(JinjavaInterpreter interpreter) {
        if (interpreter.getContext().get(NODES) instanceof AtomicInteger nodes && nodes.incrementAndGet() > MAX_NODES) {
            throw new OutputTooBigException(MAX_NODES, nodes.get());
        }
    }

    /** @throws Invalid naming {@code messages} if the template refuses the conversation or fails on it */
    String render(Map<String, Object> variables) {
        Map<String, Object> context = new HashMap<>(variables);
        // Functions are not variables for Jinjava, but templates ask whether they are defined.
        JinjaFunctions.all().forEach(function -> context.put(function.getLocalName(), true));
        context.put(NODES, new AtomicInteger());
        RenderResult result = jinjava.renderForResult(source, context);
        if (result.hasErrors()) {
            throw refused(result.getErrors());
        }
        return result.getOutput();
    }

    private static Invalid refused(List<TemplateError> errors) {
        for (TemplateError error : errors) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof JinjaFunctions.ConversationRefusedException refusal) {
                    return new Invalid(
                            "messages", "the model's chat template refuses the conversation: " + refusal.getMessage());
                }
            }
        }
        return new Invalid(
                "messages", "the model's chat template fails: " + errors.get(0).getMessage());
    }
}
