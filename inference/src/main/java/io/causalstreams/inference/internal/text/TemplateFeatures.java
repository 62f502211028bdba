package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import io.causalstreams.inference.Tool;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a chat template can do, found by rendering small conversations with it and looking for their words.
 *
 * @param typedContent whether it takes a text as a list of parts
 * @param plainContent whether it takes a text as it is
 * @param system whether it takes a system message
 * @param tools whether it prints the tools it is given
 * @param toolCalls whether it prints the calls of an assistant's turn
 * @param developer whether it knows the role {@code developer}
 */
record TemplateFeatures(
        boolean typedContent,
        boolean plainContent,
        boolean system,
        boolean tools,
        boolean toolCalls,
        boolean developer) {
    private static final String WORD = "quokkazebra";
    private static final Message USER = new Message("user", "Hello.");

    static TemplateFeatures of(JinjaTemplate template, String source, Map<String, Object> constants) {
        Probe probe = new Probe(template, constants);
        boolean plain = probe.prints(false, List.of(new Message("user", WORD)), ChatOptions.DEFAULT);
        boolean typed = probe.prints(true, List.of(new Message("user", WORD)), ChatOptions.DEFAULT)
                && !probe.prints("{", List.of(new Message("user", WORD)));
        Tool tool = Tool.of(WORD, "A function.", "{\"type\": \"object\", \"properties\": {}}");
        Message call = new Message(
                "assistant", List.of(), null, null, List.of(new ToolCall("call00000", WORD, "{\"a\": 1}")), null);
        Message result = new Message("tool", List.of("1"), null, null, List.of(), "call00000");
        return new TemplateFeatures(
                typed,
                plain,
                probe.prints(!plain, List.of(new Message("system", WORD), USER), ChatOptions.DEFAULT),
                probe.prints(
                        !plain,
                        List.of(USER),
                        ChatOptions.builder().tools(List.of(tool)).build()),
                probe.prints(!plain, List.of(USER, call, result), ChatOptions.DEFAULT),
                source.contains("developer"));
    }

    private record Probe(JinjaTemplate template, Map<String, Object> constants) {

        boolean prints(boolean typed, List<Message> messages, ChatOptions options) {
            return render(typed, messages, options).contains(WORD);
        }

        /** With a list of parts: a template that takes none prints the list. */
        boolean prints(String text, List<Message> messages) {
            return render(true, messages, ChatOptions.DEFAULT).contains(text);
        }

        private String render(boolean typed, List<Message> messages, ChatOptions options) {
            Map<String, Object> variables =
                    new TemplateVariables(typed, !typed).of(messages, options, UnaryOperator.identity());
            constants.forEach(variables::putIfAbsent);
            try {
                return template.render(variables);
            } catch (Invalid refused) {
                return "";
            }
        }
    }
}
