package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import io.causalstreams.inference.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tools for a template that knows none: described in the system message, calls and results written into the turns, as Hermes
 * models were trained on it and as many others have seen it.
 *
 * @see <a href="https://github.com/NousResearch/Hermes-Function-Calling">Hermes function calling</a>
 */
final class ToolsAsText {
    private static final String DESCRIPTION = """
            # Tools

            You may call one or more functions to assist with the user query.

            You are provided with function signatures within <tools></tools> XML tags:
            <tools>
            %s
            </tools>

            For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
            <tool_call>
            {"name": <function-name>, "arguments": <args-json-object>}
            </tool_call>""";

    private ToolsAsText() {}

    /** Whether there is anything about tools in the conversation. */
    static boolean isNeeded(List<Message> messages, ChatOptions options) {
        return !options.callable().isEmpty()
                || messages.stream()
                        .anyMatch(each ->
                                each.role().equals("tool") || !each.toolCalls().isEmpty());
    }

    /**
     * The conversation without tools, calls and results as such.
     *
     * @param system whether there may be a system message; else the tools are described in the first message
     */
    static List<Message> write(List<Message> messages, List<Tool> tools, boolean system) {
        List<Message> written = new ArrayList<>();
        StringBuilder results = new StringBuilder();
        for (Message message : messages) {
            if (message.role().equals("tool")) {
                results.append(results.isEmpty() ? "" : "\n")
                        .append("<tool_response>\n")
                        .append(message.text())
                        .append("\n</tool_response>");
                continue;
            }
            addResults(results, written);
            written.add(message.toolCalls().isEmpty() ? message : withCalls(message));
        }
        addResults(results, written);
        return tools.isEmpty() ? written : described(written, tools, system);
    }

    private static void addResults(StringBuilder results, List<Message> written) {
        if (!results.isEmpty()) {
            written.add(new Message("user", results.toString()));
            results.setLength(0);
        }
    }

    private static Message withCalls(Message message) {
        String calls = message.toolCalls().stream().map(ToolsAsText::call).collect(Collectors.joining("\n"));
        String text = message.content().isEmpty() ? calls : message.text() + "\n" + calls;
        return new Message(message.role(), List.of(text), message.name(), message.reasoning(), List.of(), null);
    }

    private static String call(ToolCall call) {
        return "<tool_call>\n{\"name\": \"" + call.name() + "\", \"arguments\": " + call.arguments()
                + "}\n</tool_call>";
    }

    private static List<Message> described(List<Message> messages, List<Tool> tools, boolean system) {
        String description =
                DESCRIPTION.formatted(tools.stream().map(Tool::json).collect(Collectors.joining("\n")));
        List<Message> all = new ArrayList<>(messages);
        if (!all.isEmpty() && all.get(0).role().equals("system")) {
            all.set(0, all.get(0).withText(all.get(0).text() + "\n\n" + description));
        } else if (!system && !all.isEmpty()) {
            all.set(0, all.get(0).withText(description + "\n\n" + all.get(0).text()));
        } else {
            all.add(0, new Message("system", description));
        }
        return all;
    }
}
