package io.causalstreams.inference.internal.constraint.pattern;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.util.ArrayList;
import java.util.List;

/** How characters are written as bytes. */
public enum CharacterEncoding {

    /** UTF-8. */
    TEXT {
        @Override
        public Expression encode(CodePoints set, Expressions expressions) {
            return ByteRanges.utf8(set, expressions);
        }
    },

    /**
     * Inside a JSON string (RFC 8259, section 7), each character in one way only: itself in UTF-8, or the shortest escape
     * where one is needed.
     */
    JSON_STRING {
        @Override
        public Expression encode(CodePoints set, Expressions expressions) {
            List<String> escapes = new ArrayList<>();
            for (CodePoints.Range range : set.and(NEEDS_ESCAPE).ranges()) {
                for (int c = range.low(); c <= range.high(); c++) {
                    escapes.add(escape(c));
                }
            }
            return expressions.union(
                    ByteRanges.utf8(set.and(NEEDS_ESCAPE.not()), expressions), expressions.literals(escapes));
        }
    };

    private static final CodePoints NEEDS_ESCAPE = CodePoints.range(0, 0x1F).or(CodePoints.anyOf("\"\\"));

    /** One character of the set; {@link Expressions#NEVER} for the empty set. */
    public abstract Expression encode(CodePoints set, Expressions expressions);

    /** The text inside a JSON string, in the one way of {@link #JSON_STRING}. */
    public static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (NEEDS_ESCAPE.contains(c)) {
                escaped.append(escape(c));
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }

    private static String escape(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format("\\u%04x", c);
        };
    }
}
