package io.causalstreams.inference.internal.constraint.grammar;

/**
 * A word of a Lark grammar.
 *
 * @param text as it was written; of JSON, the JSON
 * @param position code points in front of it
 */
record LarkToken(Kind kind, String text, int position) {

    enum Kind {
        RULE,
        TERMINAL,
        STRING,
        REGEX,
        NUMBER,
        SPECIAL,
        REFERENCE,
        DIRECTIVE,
        JSON,
        PUNCTUATION,
        LINE_END,
        END
    }

    boolean is(String punctuation) {
        return kind == Kind.PUNCTUATION && text.equals(punctuation);
    }
}
