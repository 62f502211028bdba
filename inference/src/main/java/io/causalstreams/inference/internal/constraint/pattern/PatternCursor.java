package io.causalstreams.inference.internal.constraint.pattern;

import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;

/** A place in the text of a regular expression, counted in code points. Changes as it is read. */
final class PatternCursor {

    private final int[] text;
    private int at;

    PatternCursor(String pattern) {
        this.text = pattern.codePoints().toArray();
    }

    int position() {
        return at;
    }

    boolean atEnd() {
        return at >= text.length;
    }

    /** The code point {@code distance} ahead, or -1 behind the end. */
    int peek(int distance) {
        return at + distance < text.length ? text[at + distance] : -1;
    }

    boolean isNext(int c) {
        return peek(0) == c;
    }

    /** Reads the next code point; there must be one. */
    int next() {
        return text[at++];
    }

    /** Reads {@code c} if it comes next. */
    boolean accept(int c) {
        boolean accepted = isNext(c);
        at += accepted ? 1 : 0;
        return accepted;
    }

    UnsupportedConstraintException unsupported(String what) {
        return unsupported(what, at);
    }

    UnsupportedConstraintException unsupported(String what, int position) {
        return new UnsupportedConstraintException(
                "the regular expression has " + what + " at position " + position + ", which is not supported");
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
