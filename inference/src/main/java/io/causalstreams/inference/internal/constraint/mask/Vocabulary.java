package io.causalstreams.inference.internal.constraint.mask;

import io.causalstreams.inference.internal.text.Tokenizer;

/** What a constraint needs to know of a tokenizer. Threading: any thread. */
public interface Vocabulary {

    /** Number of ids, special tokens included. */
    int size();

    /** The bytes a token stands for in a completion; empty for special tokens. */
    byte[] bytesOf(int tokenId);

    /** Whether the token is a control token that never appears in text. */
    boolean isSpecial(int tokenId);

    /** The name of a special token, for instance {@code <|im_end|>}. */
    String textOf(int tokenId);

    static Vocabulary of(Tokenizer tokenizer) {
        return new Vocabulary() {
            @Override
            public int size() {
                return tokenizer.size();
            }

            @Override
            public byte[] bytesOf(int tokenId) {
                return tokenizer.bytesOf(tokenId);
            }

            @Override
            public boolean isSpecial(int tokenId) {
                return tokenizer.isSpecial(tokenId);
            }

            @Override
            public String textOf(int tokenId) {
                return tokenizer.textOf(tokenId);
            }
        };
    }
}
