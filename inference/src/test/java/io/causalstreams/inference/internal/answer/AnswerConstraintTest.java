package io.causalstreams.inference.internal.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.inference.internal.answer.AnswerSyntax.Calls;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerConstraintTest {
    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(500, new Random(1));
    private static final List<Tool> TOOLS = List.of(
            Tool.of(
                    "weather",
                    "Weather of a city.",
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"),
            Tool.of("time", "Now.", "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}"));
    private static final String BERN = "{\"city\": \"Bern\"}";

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);

    private static AnswerSyntax syntax(Calls calls, boolean thinks) {
        return new AnswerSyntax(thinks ? new AnswerSyntax.Tags("<think>", "</think>") : null, calls, false);
    }

    private static ChatOptions options(ToolChoice choice, boolean parallel) {
        return ChatOptions.builder()
                .tools(TOOLS)
                .toolChoice(choice)
                .parallelToolCalls(parallel)
                .build();
    }

    private void check(AnswerSyntax syntax, ChatOptions options, List<String> accepted, List<String> refused) {
        OutputConstraint constraint = Objects.requireNonNull(AnswerConstraint.of(syntax, options, null));
        TokenConstraint compiled = compiler.compile(constraint);
        assertThat(accepted).allMatch(text -> Writer.accepts(compiled, VOCABULARY, text));
        assertThat(refused).noneMatch(text -> Writer.accepts(compiled, VOCABULARY, text));
    }

    @Test
    void shouldLeaveTheTextFreeAndHoldCallsToTheirSchemas() {
        check(
                syntax(Calls.HERMES, false),
                options(new ToolChoice.Auto(), true),
                List.of(
                        "",
                        "Cold, I think.",
                        "<tool_call>\n{\"name\": \"weather\", \"arguments\": " + BERN + "}\n</tool_call>",
                        "Well.\n<tool_call>\n{\"name\": \"time\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\":"
                                + " \"weather\", \"arguments\": " + BERN + "}\n</tool_call>"),
                List.of(
                        "<tool_call>\n{\"name\": \"weather\", \"arguments\": {}}\n</tool_call>",
                        "<tool_call>\n{\"name\": \"sun\", \"arguments\": {}}\n</tool_call>",
                        "<tool_call>\n{\"name\": \"time\", \"arguments\": {\"a\": 1}}\n</tool_call>",
                        "<tool_call>nothing"));
    }

    @Test
    void shouldAllowNothingButCallsWhereOneIsRequired() {
        String call = "<tool_call>\n{\"name\": \"time\", \"arguments\": {}}\n</tool_call>";
        check(
                syntax(Calls.HERMES, true),
                options(new ToolChoice.Required(), true),
                List.of(call, call + "\n" + call),
                List.of("", "Cold.", call + " and text"));
        check(
                syntax(Calls.HERMES, false),
                options(new ToolChoice.Required(), false),
                List.of(call),
                List.of(call + "\n" + call));
    }

    @Test
    void shouldAllowTheNamedFunctionOnly() {
        check(
                syntax(Calls.LLAMA, false),
                options(new ToolChoice.Named("weather"), true),
                List.of("{\"name\": \"weather\", \"parameters\": " + BERN + "}"),
                List.of("{\"name\": \"time\", \"parameters\": {}}", ""));
    }

    @Test
    void shouldWriteListsAndNamesInFrontAsTheFamiliesDo() {
        String calls = "{\"name\": \"time\", \"arguments\": {}}, {\"name\": \"weather\", \"arguments\": " + BERN + "}]";
        check(
                syntax(Calls.MISTRAL, false),
                options(new ToolChoice.Auto(), true),
                List.of("[TOOL_CALLS] [" + calls, "Hello."),
                List.of("[TOOL_CALLS] []"));
        check(
                syntax(Calls.GRANITE, false),
                options(new ToolChoice.Required(), true),
                List.of("<|tool_call|>[" + calls),
                List.of("Hello."));
        check(
                new AnswerSyntax(null, Calls.MISTRAL, true),
                options(new ToolChoice.Required(), true),
                List.of("[TOOL_CALLS]time[ARGS]{}[TOOL_CALLS]weather[ARGS]" + BERN),
                List.of("[TOOL_CALLS]weather[ARGS]{}"));
    }

    @Test
    void shouldKeepTheFormThatWasAskedForWhereNoCallIsWanted() {
        OutputConstraint asked = new OutputConstraint.JsonObject();
        AnswerSyntax hermes = syntax(Calls.HERMES, false);

        assertThat(AnswerConstraint.of(hermes, ChatOptions.DEFAULT, asked)).isSameAs(asked);
        assertThat(AnswerConstraint.of(hermes, ChatOptions.DEFAULT, null)).isNull();
        assertThat(AnswerConstraint.of(hermes, options(new ToolChoice.None(), true), null))
                .isNull();
        assertThat(AnswerConstraint.of(hermes, options(new ToolChoice.Auto(), true), asked))
                .isSameAs(asked);
        assertThatThrownBy(() -> AnswerConstraint.of(hermes, options(new ToolChoice.Required(), true), asked))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("tool_choice");
    }

    @Test
    void shouldHoldCallsInPythonsSyntaxToTheirSchemas() {
        AnswerSyntax python = syntax(Calls.PYTHON, false);
        List<String> calls =
                List.of("[weather(city=\"Bern\")]", "[time()]", "[time(), weather(city=\"a\\\"b\"), time()]");
        List<String> wrong = List.of(
                "[weather(city='Bern')]",
                "[weather()]",
                "[time(a=1)]",
                "[time(), sun()]",
                "[weather(city=1)]",
                "[time()");

        check(python, options(new ToolChoice.Required(), true), calls, wrong);
        check(python, options(new ToolChoice.Auto(), true), calls, wrong.subList(0, 4));
        check(
                python,
                options(new ToolChoice.Auto(), true),
                List.of("Cold.", "", "[1, 2] and [times]", "Well: [time()]"),
                List.of("Well: [time(1)]"));
        check(
                python,
                options(new ToolChoice.Auto(), false),
                List.of("[time()]"),
                List.of("[time(), time()]", "[time()][time()]"));
        check(
                python,
                options(new ToolChoice.Named("weather"), true),
                List.of("[weather(city=\"Bern\")]"),
                List.of("[time()]", "", "[weather(city=\"Bern\"), weather(city=\"Bern\")]"));
    }

    @Test
    void shouldWriteOlmosCallsAsLines() {
        String calls = "<function_calls>\ntime()\nweather(city=\"Bern\")\n</function_calls>";
        check(
                syntax(Calls.OLMO, false),
                options(new ToolChoice.Auto(), true),
                List.of("Hello.", calls, "Well.\n" + calls),
                List.of("<function_calls>\nweather()\n</function_calls>", "<function_calls>\ntime(), time()"));
        check(syntax(Calls.OLMO, false), options(new ToolChoice.Required(), true), List.of(calls), List.of("Hello."));
    }

    @Test
    void shouldWritePythonsConstants() {
        Tool tool = Tool.of("f", "All types.", """
                {"type": "object", "required": ["on", "none", "any", "pick"], "properties": {
                  "on": {"type": "boolean"}, "none": {"type": "null"}, "any": {"type": "object", "additionalProperties": true},
                  "pick": {"enum": ["a", true, null, 1.50]}, "with-dash": {"type": "integer"}}}
                """);
        ChatOptions options = ChatOptions.builder()
                .tools(List.of(tool))
                .toolChoice(new ToolChoice.Required())
                .build();
        check(
                syntax(Calls.PYTHON, false),
                options,
                List.of("[f(on=True, none=None, any={\"a\": [True, None, 1.5e3]}, pick=None, with-dash=3)]"),
                List.of(
                        "[f(on=true, none=None, any={}, pick=\"a\")]",
                        "[f(on=True, none=None, any={\"a\": null}, pick=\"a\")]",
                        "[f(on=True, none=None, any={\"a\": \"\\/\"}, pick=\"a\")]",
                        "[f(on=True, none=None, any={}, pick=null)]"));
        check(
                syntax(Calls.OLMO, false),
                options,
                List.of("<function_calls>\nf(on=true, none=null, any={\"a\": \"\\/\"}, pick=1.5)\n</function_calls>"),
                List.of("<function_calls>\nf(on=True, none=null, any={}, pick=1.5)\n</function_calls>"));
    }

    @Test
    void shouldRefuseAToolWhoseArgumentsCannotBeNamed() {
        ChatOptions options = ChatOptions.builder()
                .tools(List.of(Tool.of(
                        "f", "", "{\"type\": \"object\", \"properties\": {\"a b\": {}}, \"required\": [\"a b\"]}")))
                .toolChoice(new ToolChoice.Required())
                .build();
        OutputConstraint constraint =
                Objects.requireNonNull(AnswerConstraint.of(syntax(Calls.PYTHON, false), options, null));
        assertThatThrownBy(() -> compiler.compile(constraint)).hasMessageContaining("no finite value");
    }
}
