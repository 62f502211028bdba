package io.causalstreams.inference.internal.answer;

/** Follows quotes, braces and brackets of a JSON (or Python) value to see where it ends. */
final class JsonExtent {
    private int depth;
    private char quote;
    private boolean escaped;

    /** Whether a string, an object or a list ends with {@code next}. */
    boolean endsWith(char next) {
        if (quote != 0) {
            if (escaped) {
                escaped = false;
            } else if (next == '\\') {
                escaped = true;
            } else if (next == quote) {
                quote = 0;
                return depth == 0;
            }
            return false;
        }
        switch (next) {
            case '"', '\'' -> quote = next;
            case '{', '[', '(' -> depth++;
            case '}', ']', ')' -> {
                return --depth == 0;
            }
            default -> {}
        }
        return false;
    }

    /** Whether the next character lies in no string, object or list. */
    boolean isOutside() {
        return depth == 0 && quote == 0;
    }
}
