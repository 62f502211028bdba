package io.causalstreams.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A piece of a chat answer, in the order it was generated. Pieces of one kind that follow each other belong together. */
public sealed interface AnswerPart {

    /** The parts of an answer that is nothing but text. */
    static List<AnswerPart> ofText(String text) {
        return text.isEmpty() ? List.of() : List.of(new Content(text));
    }

    /** The same with neighbours that belong together joined. */
    static List<AnswerPart> joined(List<AnswerPart> parts) {
        List<AnswerPart> joined = new ArrayList<>();
        int from = 0;
        while (from < parts.size()) {
            int to = from + 1;
            while (to < parts.size() && parts.get(from).continuesIn(parts.get(to))) {
                to++;
            }
            joined.add(to == from + 1 ? parts.get(from) : whole(parts.subList(from, to)));
            from = to;
        }
        return List.copyOf(joined);
    }

    /**
     * The calls of an answer, in order, with their whole arguments.
     *
     * @param id of the answer; a call's is {@code <id>-call-<index>}
     */
    static List<Prompt.ToolCall> toolCalls(String id, List<AnswerPart> parts) {
        List<Prompt.ToolCall> calls = new ArrayList<>();
        for (AnswerPart part : parts) {
            if (part instanceof ToolCall call) {
                String arguments = parts.stream()
                        .filter(each -> each instanceof Arguments more && more.index == call.index)
                        .map(each -> ((Arguments) each).json)
                        .collect(Collectors.joining());
                calls.add(new Prompt.ToolCall(id + "-call-" + call.index, call.name, arguments));
            }
        }
        return List.copyOf(calls);
    }

    private boolean continuesIn(AnswerPart next) {
        return this instanceof Arguments first
                ? next instanceof Arguments second && first.index == second.index
                : !(this instanceof ToolCall) && getClass() == next.getClass();
    }

    /** Pieces that belong together, as one; an answer has as many as tokens. */
    private static AnswerPart whole(List<AnswerPart> pieces) {
        StringBuilder text = new StringBuilder();
        for (AnswerPart piece : pieces) {
            if (piece instanceof Content content) {
                text.append(content.text);
            } else if (piece instanceof Reasoning reasoning) {
                text.append(reasoning.text);
            } else if (piece instanceof Arguments arguments) {
                text.append(arguments.json);
            }
        }
        AnswerPart first = pieces.get(0);
        if (first instanceof Arguments arguments) {
            return new Arguments(arguments.index, text.toString());
        }
        return first instanceof Reasoning ? new Reasoning(text.toString()) : new Content(text.toString());
    }

    /** What the model says. */
    record Content(String text) implements AnswerPart {}

    /** What the model thinks before it answers, without the tags around it. */
    record Reasoning(String text) implements AnswerPart {}

    /**
     * A tool call begins; its {@link Arguments} follow.
     *
     * @param index position of the call in the answer, from 0
     * @param name of the function
     */
    record ToolCall(int index, String name) implements AnswerPart {}

    /**
     * More of a call's arguments.
     *
     * @param index of the call
     * @param json the next piece of a JSON object's text; the pieces of a whole call concatenate to the object
     */
    record Arguments(int index, String json) implements AnswerPart {}
}
