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

    private AnswerConstraint(AnswerSyntax syntax, ChatOptions options) {
        this.syntax = syntax;
        this.options = options;
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
        if (syntax.calls() == Calls.PYTHON) {
            if (chosen) {
                throw new Invalid(
                        "tool_choice",
                        "tool_choice wants a call, and the model writes calls in Python's syntax, to which it cannot be held;"
                                + " use auto");
            }
            return null;
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
        format.putArray("triggers")
                .add(
                        syntax.calls() == Calls.LLAMA
                                ? "{\"name\": \""
                                : syntax.calls().open());
        ArrayNode tags = format.putArray("tags");
        if (isList()) {
            tags.add(list(options.callable(), options.parallelToolCalls()));
        } else {
            options.callable().forEach(tool -> tags.add(single(tool)));
        }
        return format.put("at_least_one", false).put("stop_after_first", !options.parallelToolCalls());
    }

    private ObjectNode calls() {
        List<Tool> tools = options.toolChoice() instanceof ToolChoice.Named named
                ? options.callable().stream()
                        .filter(tool -> tool.name().equals(named.name()))
                        .toList()
                : options.callable();
        boolean several = options.parallelToolCalls() && options.toolChoice() instanceof ToolChoice.Required;
        return isList() ? list(tools, several) : separated(tools, several);
    }

    /** Whether all calls stand in one list behind one tag. */
    private boolean isList() {
        return syntax.calls() == Calls.GRANITE || (syntax.calls() == Calls.MISTRAL && !syntax.namesBeforeArguments());
    }

    private ObjectNode list(List<Tool> tools, boolean several) {
        ObjectNode calls = separators(several, ", ");
        tools.forEach(tool -> calls.withArray("tags").add(json(tool)));
        return tag(syntax.calls().open() + (syntax.calls() == Calls.MISTRAL ? " [" : "["), calls, "]");
    }

    private ObjectNode separated(List<Tool> tools, boolean several) {
        ObjectNode calls =
                separators(several, syntax.calls() == Calls.LLAMA ? "; " : syntax.calls() == Calls.HERMES ? "\n" : "");
        tools.forEach(tool -> calls.withArray("tags").add(single(tool)));
        return calls;
    }

    private static ObjectNode separators(boolean several, String separator) {
        return node("tags_with_separator")
                .put("separator", separator)
                .put("at_least_one", true)
                .put("stop_after_first", !several);
    }

    private ObjectNode single(Tool tool) {
        return switch (syntax.calls()) {
            case HERMES -> {
                ObjectNode call = json(tool);
                yield call.put("begin", "<tool_call>\n" + call.path("begin").asText())
                        .put("end", "}\n</tool_call>");
            }
            case MISTRAL -> tag("[TOOL_CALLS]" + tool.name() + "[ARGS]", arguments(tool), "");
            case LLAMA, GRANITE, PYTHON -> json(tool);
        };
    }

    private ObjectNode json(Tool tool) {
        return tag(
                "{\"name\": \"" + tool.name() + "\", \"" + syntax.calls().argumentsKey() + "\": ",
                arguments(tool),
                "}");
    }

    private static ObjectNode arguments(Tool tool) {
        try {
            return node("json_schema").set("json_schema", JSON.readTree(tool.parameters()));
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
