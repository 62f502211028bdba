package io.causalstreams.inference;

import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.answer.TaggedAnswer;
import java.util.List;

/**
 * Splits the text of one chat answer into what the model says, what it thinks, and which tools it calls, as it is generated.
 *
 * <p>A beginning that may become a tag is held back, and so is white space that may stand beside one. The parts are a function
 * of the text alone, however it is cut into deltas; so a replay gives the same. One thread at a time.
 */
public interface AnswerReader {

    /** What {@code delta} adds; empty while it may still become something else. */
    List<AnswerPart> accept(String delta);

    /** The end of the answer: what was held back. */
    List<AnswerPart> finish();

    /**
     * For an answer whose model has no chat template of its own to name its tags: calls of the prompt's tools are written
     * {@code <tool_call>{"name": …, "arguments": …}</tool_call>}, and nothing is reasoning.
     */
    static AnswerReader of(Prompt prompt) {
        List<Tool> tools = prompt instanceof Prompt.Chat chat ? chat.options().callable() : List.of();
        return new TaggedAnswer(
                AnswerSyntax.PLAIN, tools.stream().map(Tool::name).toList(), false);
    }
}
