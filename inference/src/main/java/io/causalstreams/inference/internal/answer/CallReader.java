package io.causalstreams.inference.internal.answer;

/**
 * Reads the tool calls of one span, from behind its opening tag, character by character.
 *
 * <p>What it understands goes to {@link AnswerParts} at once, so that arguments stream; what looked like a call and is none goes
 * there as content.
 */
interface CallReader {

    /**
     * Takes the next character.
     *
     * @return false if the span has ended before it: the character is not the span's
     */
    boolean accept(char next, AnswerParts parts);

    /** The answer ends here: what is held back goes out as content. */
    void finish(AnswerParts parts);
}
