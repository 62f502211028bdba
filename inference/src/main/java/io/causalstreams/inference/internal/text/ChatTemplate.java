package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinjava.javax.el.CompositeELResolver;

/**
 * A model's own chat template: turns a conversation into the text the model was trained on.
 *
 * <p>Rendered by Jinjava, in which a template cannot reach Java objects; output, ranges and the number of nodes are
 * bounded. Messages are data: Jinja in them is text. Immutable; any thread.
 */
public final class ChatTemplate {
    private static final int MAX_OUTPUT_BYTES = 64 << 20;
    private static final int MAX_RANGE = 100_000;
    private static final int MAX_NODES = 2_000_000;
    /** Where a rendering counts its nodes; no template can spell this name. */
    private static final String NODES = "nodes rendered";

    private final Jinjava jinjava;
    private final String source;
    private final Map<String, Object> variables;
    private final ControlNames controlNames;

    private ChatTemplate(String template, Map<String, Object> variables, ControlNames controlNames, Clock clock) {
        this.jinjava = new Jinjava(config(clock));
        this.source = JinjaSource.forJinjava(template);
        this.variables = variables;
        this.controlNames = controlNames;
        // Functions are not variables for Jinjava, but templates ask whether they are defined.
        JinjaFunctions.all().forEach(function -> variables.put(function.getLocalName(), true));
        jinjava.getGlobalContext().registerFilter(new PythonJsonFilter());
        jinjava.getGlobalContext().registerFilter(new PythonTrimFilter());
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

    /**
     * The template of a model directory: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json}, where it is a string or a list of named ones of which {@code default} is taken.
     *
     * @return empty if the model has none
     * @throws GenerationException.Failed if a file cannot be read or the template's tags do not close
     */
    public static Optional<ChatTemplate> load(Path directory) {
        return load(directory, Clock.system(ZoneId.systemDefault()));
    }

    /** As {@link #load(Path)}, with the clock that {@code strftime_now} reads. */
    static Optional<ChatTemplate> load(Path directory, Clock clock) {
        JsonNode config = TokenizerFile.config(directory);
        Map<String, Object> variables = new HashMap<>();
        config.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_token")) {
                variables.put(entry.getKey(), TokenizerFile.tokenText(entry.getValue()));
            }
        });
        Path file = directory.resolve("chat_template.jinja");
        try {
            String template = Files.exists(file) ? Files.readString(file) : named(config.path("chat_template"));
            return template.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ChatTemplate(
                            template, variables, new ControlNames(TokenizerFile.specialNames(directory)), clock));
        } catch (IOException | IllegalArgumentException e) {
            throw new GenerationException.Failed("the chat template of " + directory + ": " + e.getMessage(), e);
        }
    }

    private static String named(JsonNode templates) {
        for (JsonNode template : templates) {
            if (template.path("name").asText().equals("default")) {
                return template.path("template").asText();
            }
        }
        return templates.asText("");
    }

    /**
     * Renders a conversation with the generation prompt added. Names of special tokens in messages come back as parts
     * that are not control.
     *
     * @throws GenerationException.Invalid naming {@code messages} if the template refuses the conversation
     */
    public List<Tokenizer.TemplatePart> render(List<Prompt.Message> messages) {
        String rendered = renderText(messages, UnaryOperator.identity());
        List<String> suspicious = messages.stream()
                .flatMap(message -> Stream.of(message.role(), message.content(), Objects.toString(message.name(), "")))
                .filter(controlNames::occurIn)
                .toList();
        if (suspicious.isEmpty()) {
            return List.of(new Tokenizer.TemplatePart(rendered, true));
        }
        char mark = ControlNames.freeMark(suspicious);
        List<Tokenizer.TemplatePart> parts =
                controlNames.unmark(renderText(messages, text -> controlNames.mark(text, mark)), mark);
        String unmarked = parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining());
        return unmarked.equals(rendered) ? parts : ControlNames.verbatim(rendered, suspicious);
    }

    private String renderText(List<Prompt.Message> messages, UnaryOperator<String> quoted) {
        Map<String, Object> context = new HashMap<>(variables);
        context.put(NODES, new AtomicInteger());
        context.put("add_generation_prompt", true);
        context.put(
                "messages",
                messages.stream().map(message -> asMap(message, quoted)).toList());
        RenderResult result = jinjava.renderForResult(source, context);
        if (result.hasErrors()) {
            throw refused(result.getErrors());
        }
        return result.getOutput();
    }

    private static GenerationException.Invalid refused(List<TemplateError> errors) {
        for (TemplateError error : errors) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof JinjaFunctions.ConversationRefusedException refusal) {
                    return new GenerationException.Invalid(
                            "messages", "the model's chat template refuses the conversation: " + refusal.getMessage());
                }
            }
        }
        return new GenerationException.Invalid(
                "messages", "the model's chat template fails: " + errors.get(0).getMessage());
    }

    private static Map<String, Object> asMap(Prompt.Message message, UnaryOperator<String> quoted) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", quoted.apply(message.role()));
        map.put("content", quoted.apply(message.content()));
        if (message.name() != null) {
            map.put("name", quoted.apply(message.name()));
        }
        return map;
    }
}
