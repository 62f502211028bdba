package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.internal.answer.AnswerSyntax;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A conversation as its template wrote it.
 *
 * @param parts the prompt's text
 * @param answer how an answer to it marks reasoning and tool calls
 */
public record RenderedChat(List<Tokenizer.TemplatePart> parts, AnswerSyntax answer) {

    /** Whether the answer begins inside the model's reasoning: the template has opened it. */
    public boolean isThinking() {
        AnswerSyntax.Tags thinking = answer.thinking();
        return thinking != null && text().stripTrailing().endsWith(thinking.open());
    }

    /** Whether it cannot think any more: the template has opened and closed its reasoning. */
    public boolean hasThought() {
        AnswerSyntax.Tags thinking = answer.thinking();
        return thinking != null && text().stripTrailing().endsWith(thinking.close());
    }

    String text() {
        return parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining());
    }
}
