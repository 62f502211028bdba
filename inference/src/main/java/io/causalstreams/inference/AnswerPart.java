package io.causalstreams.inference;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a chat answer, in the order it was generated. Pieces of one kind that follow each other belong together. */
public sealed interface AnswerPart {

    /** The parts of an answer that is nothing but text. */
    static List<AnswerPart> ofText(String text) {
        return text.isEmpty() ? List.of() : List.of(new Content(text));
    }

    /** The same with neighbours that belong together joined. */
    static List<AnswerPart> joined(List<AnswerPart> parts) {
        List<AnswerPart> joined = new ArrayList<>();
        for (AnswerPart part : parts) {
            AnswerPart whole =
                    joined.isEmpty() ? null : joined.get(joined.size() - 1).with(part);
            if (whole == null) {
                joined.add(part);
            } else {
                joined.set(joined.size() - 1, whole);
            }
        }
        return List.copyOf(joined);
    }

    /** This part and the one behind it as one; null when they are two. */
    private @Nullable AnswerPart with(AnswerPart next) {
        if (this instanceof Content first && next instanceof Content second) {
            return new Content(first.text + second.text);
        }
        if (this instanceof Reasoning first && next instanceof Reasoning second) {
            return new Reasoning(first.text + second.text);
        }
        if (this instanceof Arguments first && next instanceof Arguments second && first.index == second.index) {
            return new Arguments(first.index, first.json + second.json);
        }
        return null;
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
