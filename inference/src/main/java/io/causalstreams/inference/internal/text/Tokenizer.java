package io.causalstreams.inference.internal.text;

/** Text ↔ token ids. Threading: any thread. */
public interface Tokenizer extends TextEncoder {

    /**
     * The bytes a token stands for in a completion (UTF-8, possibly part of a character); empty for special tokens.
     * The text of a completion is the concatenation of its tokens' bytes.
     */
    byte[] bytesOf(int tokenId);

    /**
     * The bytes of the first token of a completion that is not special: tokenizers that write a word's space in front of
     * it drop that space at the start of a text.
     */
    default byte[] bytesAtStart(int tokenId) {
        return bytesOf(tokenId);
    }

    /** The token's text alone for display: special tokens by their name, incomplete UTF-8 as U+FFFD. */
    String textOf(int tokenId);

    /** Whether the token is a control token that never appears in text. */
    boolean isSpecial(int tokenId);

    /** Number of ids, special tokens included. */
    int size();

    /** A stretch of a rendered template: the template's own text (control tokens live) or a message's content (plain text). */
    record TemplatePart(String text, boolean control) {}
}
