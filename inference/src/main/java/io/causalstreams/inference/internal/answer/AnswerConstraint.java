package io.causalstreams.inference.internal.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.inference.internal.answer.AnswerSyntax.Calls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of an answer that may call tools, so that every call names a tool and has arguments valid against its schema by
 * construction: free text with constrained spans between the tags of the model, a structural tag.
 *
 * <p>With {@link ToolChoice.Auto} a tag opens a call anywhere in the text; with {@link ToolChoice.Required} and
 * {@link ToolChoice.Named} the answer is calls. What is thought before is not its affair.
 */
public final class AnswerConstraint {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AnswerSyntax syntax;
    private final ChatOptions options;
    private final Span span;

    /** What stands around all calls and between two. */
    private record Span(String begin, String separator, String end) {
        static Span of(AnswerSyntax syntax) {
            String open = syntax.calls().open();
            return switch (syntax.calls()) {
                case HERMES -> new Span("", "\n", "");
                case LLAMA -> new Span("", "; ", "");
                case MISTRAL -> syntax.namesBeforeArguments() ? new Span("", "", "") : new Span(open + " [", ", ", "]");
                case GRANITE -> new Span(open + "[", ", ", "]");
                case PYTHON -> new Span("[", ", ", "]");
                case OLMO -> new Span(open + "\n", "\n", "\n" + syntax.calls().close());
            };
        }
    }

    private AnswerConstraint(AnswerSyntax syntax, ChatOptions options) {
        this.syntax = syntax;
        this.options = options;
        this.span = Span.of(syntax);
    }

    /**
     * The constraint of an answer, or null where it is free.
     *
     * @param asked the request's own constraint
     * @throws Invalid naming {@code tool_choice} where it cannot be kept
     */
    public static @Nullable OutputConstraint of(
            AnswerSyntax syntax, ChatOptions options, @Nullable OutputConstraint asked) {
        boolean chosen =
                options.toolChoice() instanceof ToolChoice.Required || options.toolChoice() instanceof ToolChoice.Named;
        if (options.callable().isEmpty()) {
            return asked;
        }
        if (asked != null) {
            if (chosen) {
                throw new Invalid(
                        "tool_choice",
                        "tool_choice wants a call and the request has a form for its text; send one of the two");
            }
            return asked;
        }
        AnswerConstraint constraint = new AnswerConstraint(syntax, options);
        ObjectNode format = chosen ? constraint.calls() : constraint.textAndCalls();
        return new OutputConstraint.StructuralTag(
                JSON.createObjectNode()
                        .put("type", "structural_tag")
                        .set("format", format)
                        .toString(),
                "tools");
    }

    private ObjectNode textAndCalls() {
        ObjectNode format = node("triggered_tags");
        ArrayNode triggers = format.putArray("triggers");
        ArrayNode tags = format.putArray("tags");
        List<Tool> tools = options.callable();
        if (syntax.calls() == Calls.PYTHON) {
            // A bracket alone may be anything.
            tools.forEach(tool -> {
                triggers.add(span.begin() + tool.name() + "(");
                tags.add(listFrom(tool, tools));
            });
        } else {
            triggers.add(
                    syntax.calls() == Calls.LLAMA
                            ? "{\"name\": \""
                            : syntax.calls().open());
            if (span.begin().isEmpty()) {
                tools.forEach(tool -> tags.add(call("", tool)));
            } else {
                tags.add(tag(span.begin(), calls(tools, options.parallelToolCalls()), span.end()));
            }
        }
        return format.put("at_least_one", false).put("stop_after_first", !options.parallelToolCalls());
    }

    private ObjectNode calls() {
        ObjectNode calls = options.toolChoice() instanceof ToolChoice.Named named
                ? calls(
                        options.callable().stream()
                                .filter(tool -> tool.name().equals(named.name()))
                                .toList(),
                        false)
                : calls(options.callable(), options.parallelToolCalls());
        return span.begin().isEmpty() ? calls : tag(span.begin(), calls, span.end());
    }

    private ObjectNode calls(List<Tool> tools, boolean several) {
        ObjectNode calls = node("tags_with_separator");
        ArrayNode tags = calls.putArray("tags");
        tools.forEach(tool -> tags.add(call("", tool)));
        return calls.put("separator", span.separator())
                .put("at_least_one", true)
                .put("stop_after_first", !several);
    }

    /** A list whose first call is one of {@code first}. */
    private ObjectNode listFrom(Tool first, List<Tool> tools) {
        ObjectNode call = call(span.begin(), first);
        ObjectNode content = node("sequence");
        content.putArray("elements")
                .add(call.get("content"))
                .add(node("const_string").put("value", call.path("end").asText()));
        if (options.parallelToolCalls()) {
            ObjectNode more = node("or");
            ArrayNode elements = more.putArray("elements");
            tools.forEach(tool -> elements.add(call(span.separator(), tool)));
            content.withArray("elements").add(node("star").set("content", more));
        }
        return tag(call.path("begin").asText(), content, span.end());
    }

    /** A call behind a text. */
    private ObjectNode call(String before, Tool tool) {
        return switch (syntax.calls()) {
            case HERMES -> json(before + "<tool_call>\n", tool, "\n</tool_call>");
            case MISTRAL ->
                syntax.namesBeforeArguments()
                        ? tag(before + "[TOOL_CALLS]" + tool.name() + "[ARGS]", arguments(tool, "json"), "")
                        : json(before, tool, "");
            case LLAMA, GRANITE -> json(before, tool, "");
            case OLMO -> tag(before + tool.name() + "(", arguments(tool, "arguments"), ")");
            case PYTHON -> tag(before + tool.name() + "(", arguments(tool, "python_arguments"), ")");
        };
    }

    private ObjectNode json(String before, Tool tool, String after) {
        String key = syntax.calls().argumentsKey();
        return tag(
                before + "{\"name\": \"" + tool.name() + "\", \"" + key + "\": ", arguments(tool, "json"), "}" + after);
    }

    private static ObjectNode arguments(Tool tool, String style) {
        try {
            ObjectNode arguments = node("json_schema").put("style", style);
            return arguments.set("json_schema", JSON.readTree(tool.parameters()));
        } catch (JsonProcessingException e) {
            throw new Invalid(
                    "tools", "the parameters of tool " + tool.name() + " are not valid JSON; send a JSON Schema");
        }
    }

    private static ObjectNode tag(String begin, ObjectNode content, String end) {
        ObjectNode tag = node("tag").put("begin", begin);
        tag.set("content", content);
        return tag.put("end", end);
    }

    private static ObjectNode node(String type) {
        return JSON.createObjectNode().put("type", type);
    }
}
