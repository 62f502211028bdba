package io.causalstreams.inference.internal.answer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model marks what it thinks and which tools it calls. Recognised from its chat template, which has to write both into
 * the conversation's history in the model's own way.
 *
 * @param thinking the tags around reasoning, null where the model has none
 * @param calls how tool calls are written
 * @param namesBeforeArguments whether a call's name stands in front of its JSON: Mistral's newer models
 */
public record AnswerSyntax(@Nullable Tags thinking, Calls calls, boolean namesBeforeArguments) {

    /** An opening and a closing tag. */
    public record Tags(String open, String close) {}

    /** The ways of writing tool calls, by the family that uses them first. */
    public enum Calls {
        /** {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}: Hermes, Qwen 2.5 and 3, SmolLM3, Granite 4. */
        HERMES("<tool_call>", "</tool_call>", "arguments"),
        /** {@code {"name": …, "parameters": {…}}}, the whole answer, perhaps behind a tag: Llama 3.1 to 3.3. */
        LLAMA("<|python_tag|>", "", "parameters"),
        /** {@code [f(a=1), g(b='x')]}, the whole answer, perhaps between tags: Llama 3.2, Llama 4. */
        PYTHON("<|python_start|>", "<|python_end|>", ""),
        /** {@code <function_calls>f(a=1)</function_calls>}, a line for each call, with the literals of JSON: OLMo 3. */
        OLMO("<function_calls>", "</function_calls>", ""),
        /** {@code [TOOL_CALLS] [{…}]} and {@code [TOOL_CALLS]name[ARGS]{…}}: Mistral. */
        MISTRAL("[TOOL_CALLS]", "", "arguments"),
        /** {@code <|tool_call|>[{…}]}: Granite 3, Phi-4-mini. */
        GRANITE("<|tool_call|>", "<|/tool_call|>", "arguments");

        private final String open;
        private final String close;
        private final String argumentsKey;

        Calls(String open, String close, String argumentsKey) {
            this.open = open;
            this.close = close;
            this.argumentsKey = argumentsKey;
        }

        /** Begins a span of calls. */
        public String open() {
            return open;
        }

        /** Ends it; empty where the span ends with the answer. */
        public String close() {
            return close;
        }

        /** The key of a call's arguments. */
        public String argumentsKey() {
            return argumentsKey;
        }

        CallReader reader() {
            return switch (this) {
                case HERMES, LLAMA, GRANITE -> new JsonCalls();
                case PYTHON, OLMO -> new PythonCalls();
                case MISTRAL -> new NamedCalls();
            };
        }
    }

    private static final List<Tags> THINKING = List.of(
            new Tags("<think>", "</think>"),
            new Tags("[THINK]", "[/THINK]"),
            new Tags("<seed:think>", "</seed:think>"));

    /**
     * Recognised from the text of a chat template.
     *
     * <p>A template that knows no tools is taken for {@link Calls#HERMES}, in which most models have seen calls.
     */
    public static AnswerSyntax of(String template) {
        Tags thinking = THINKING.stream()
                .filter(tags -> template.contains(tags.close()))
                .findFirst()
                .orElse(null);
        return new AnswerSyntax(thinking, calls(template), template.contains("[ARGS]"));
    }

    /** Of a prompt that is no conversation, and of a model without a chat template. */
    public static final AnswerSyntax PLAIN = new AnswerSyntax(null, Calls.HERMES, false);

    private static Calls calls(String template) {
        if (template.contains("[TOOL_CALLS]")) {
            return Calls.MISTRAL;
        }
        if (template.contains("<tool_call>")) {
            return Calls.HERMES;
        }
        if (template.contains("<|tool_call|>")) {
            return Calls.GRANITE;
        }
        if (template.contains("<function_calls>")) {
            return Calls.OLMO;
        }
        if (template.contains("<|python_start|>") || template.contains("func_name1(params_name1=")) {
            return Calls.PYTHON;
        }
        return template.contains("<|python_tag|>") || template.contains("\"parameters\": ")
                ? Calls.LLAMA
                : Calls.HERMES;
    }

    /** All tags, some of which may be special tokens of the model: an answer's text has to show them. */
    public List<String> tags(boolean tools) {
        List<String> all = new ArrayList<>();
        if (thinking != null) {
            all.add(thinking.open());
            all.add(thinking.close());
        }
        if (tools) {
            all.add(calls.open());
            if (!calls.close().isEmpty()) {
                all.add(calls.close());
            }
        }
        return all;
    }
}
