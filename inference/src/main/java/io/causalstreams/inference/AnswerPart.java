package io.causalstreams.inference;

/** A piece of a chat answer, in the order it was generated. Pieces of one kind that follow each other belong together. */
public sealed interface AnswerPart {

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
