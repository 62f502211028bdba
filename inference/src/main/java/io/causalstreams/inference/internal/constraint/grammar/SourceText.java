package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;

/** A grammar's text and a place in it. Positions in errors are lines and columns from 1. */
final class SourceText {

    static final int END = -1;

    private final int[] text;
    private int position;

    SourceText(String text) {
        this.text = text.codePoints().toArray();
    }

    boolean atEnd() {
        return position == text.length;
    }

    /** The next code point, or END. */
    int peek() {
        return peek(0);
    }

    int peek(int distance) {
        return position + distance < text.length ? text[position + distance] : END;
    }

    boolean isNext(String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (peek(i) != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    boolean accept(String expected) {
        boolean next = isNext(expected);
        position += next ? expected.length() : 0;
        return next;
    }

    void expect(String expected) {
        if (!accept(expected)) {
            throw error("'" + expected + "' is expected, not " + next());
        }
    }

    /** The next code point, for errors. */
    private String next() {
        return atEnd() ? "the end" : "'" + Character.toString(peek()) + "'";
    }

    int read() {
        if (atEnd()) {
            throw error("the text ends too early");
        }
        return text[position++];
    }

    int position() {
        return position;
    }

    void moveTo(int newPosition) {
        position = newPosition;
    }

    String from(int start) {
        return new String(text, start, position - start);
    }

    String rest() {
        return new String(text, position, text.length - position);
    }

    void skipLine() {
        while (!atEnd() && peek() != '\n' && peek() != '\r') {
            position++;
        }
    }

    /** A number of up to nine digits. */
    int number() {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (position == start) {
            throw error("a number is expected, not " + next());
        }
        if (position - start > 9) {
            throw error("the number is too great", start);
        }
        return Integer.parseInt(from(start));
    }

    /** A code point of exactly {@code digits} hexadecimal digits. */
    int hex(int digits) {
        int start = position;
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw error(digits + " hexadecimal digits are expected, not " + next());
            }
            value = value * 16 + digit;
            position++;
        }
        if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value <= 0xDFFF)) {
            throw error("the escape is no character", start);
        }
        return (int) value;
    }

    UnsupportedConstraintException error(String message) {
        return error(message, position);
    }

    UnsupportedConstraintException error(String message, int at) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at; i++) {
            column = text[i] == '\n' ? 1 : column + 1;
            line += text[i] == '\n' ? 1 : 0;
        }
        return new UnsupportedConstraintException(message + " (line " + line + ", column " + column + ")");
    }
}
