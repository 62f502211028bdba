package io.causalstreams.inference.internal.text;

import java.util.List;

/** Text → token ids: all that a model needs that writes no text. Threading: any thread. */
public interface TextEncoder extends AutoCloseable {

    /** Tokens of plain text: names of special tokens in it are text. Nothing is added in front or behind. */
    int[] encodeText(String text);

    /** Tokens of a rendered template: names of special tokens become the tokens. Nothing is added. */
    int[] encodeTemplate(List<Tokenizer.TemplatePart> parts);

    @Override
    void close();
}
