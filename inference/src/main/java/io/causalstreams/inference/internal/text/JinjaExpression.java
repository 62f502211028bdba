package io.causalstreams.inference.internal.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites one expression or statement of Jinja2 where Jinjava's parser falls short.
 *
 * <ul>
 *   <li>{@code f(a=b - 1)} → {@code f(a=(b - 1))}: Jinjava takes {@code (a=b) - 1}
 *   <li>{@code "\\u00e9"} → the character itself; {@code }}} inside of an expression → {@code } }}
 *   <li>{@code not x is defined}, {@code not x == 1} → {@code not (x is defined)}, {@code not (x == 1)}: Jinjava takes
 *       {@code (not x) is defined}
 *   <li>{@code x[::-1]} → {@code x|reverse|list}: Jinjava has no steps in slices
 * </ul>
 */
final class JinjaExpression {
    private static final Pattern CODE_POINT =
            Pattern.compile("(?<!\\\\)\\\\(?:u(?<long>[0-9a-fA-F]{4})|x(?<short>[0-9a-fA-F]{2}))");
    /** {@code not} as an operator of its own, neither of {@code is not} nor of {@code not in}. */
    private static final Pattern NOT = Pattern.compile("(?<![\\w.])(?<!\\bis )not\\s+(?!in\\b)");
    /** What ends its operand: it binds closer than these. */
    private static final Pattern LOOSER = Pattern.compile("\\s(?:and|or|if|else)\\s");

    private static final Pattern REVERSED = Pattern.compile("\\[\\s*:\\s*:\\s*-\\s*1\\s*]");

    private final String source;
    private final StringBuilder out = new StringBuilder();
    /** Per open bracket: whether it is in the value of a named argument. */
    private final Deque<Boolean> inArgument = new ArrayDeque<>();

    private JinjaExpression(String source) {
        this.source = source;
    }

    static String forJinjava(String source) {
        return new JinjaExpression(source).rewrite();
    }

    /** The position behind the string literal that starts at {@code start}. */
    static int stringEnd(String source, int start) {
        for (int at = start + 1; at < source.length(); at++) {
            if (source.charAt(at) == '\\') {
                at++;
            } else if (source.charAt(at) == source.charAt(start)) {
                return at + 1;
            }
        }
        return source.length();
    }

    /** The position of an {@code if} outside of brackets and strings, or -1. */
    static int topLevelIf(String source) {
        int depth = 0;
        for (int at = 0; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                at = stringEnd(source, at) - 1;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && c == ' ' && source.startsWith("if ", at + 1)) {
                return at + 1;
            }
        }
        return -1;
    }

    private String rewrite() {
        Matcher reversed = REVERSED.matcher(source);
        Matcher not = NOT.matcher(source).useTransparentBounds(true);
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                int end = stringEnd(source, at);
                appendString(source.substring(at, end));
                at = end;
            } else if (c == '[' && reversed.region(at, source.length()).lookingAt()) {
                out.append("|reverse|list");
                at = reversed.end();
            } else if (c == 'n' && not.region(at, source.length()).lookingAt()) {
                int end = operandEnd(not.end());
                out.append("not (")
                        .append(forJinjava(source.substring(not.end(), end)))
                        .append(')');
                at = end;
            } else {
                append(c, at);
                at++;
            }
        }
        return out.toString();
    }

    /** Where the operand of {@code not} that starts at {@code start} ends. */
    private int operandEnd(int start) {
        Matcher looser = LOOSER.matcher(source);
        int depth = 0;
        for (int at = start; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                at = stringEnd(source, at) - 1;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (depth == 0
                    && (")]},:".indexOf(c) >= 0
                            || looser.region(at, source.length()).lookingAt())) {
                return at;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }
        return source.length();
    }

    private void appendString(String literal) {
        Matcher escape = CODE_POINT.matcher(literal);
        int done = 0;
        while (escape.find()) {
            String digits = escape.group("long") == null ? escape.group("short") : escape.group("long");
            out.append(literal, done, escape.start()).append((char) Integer.parseInt(digits, 16));
            done = escape.end();
        }
        out.append(literal, done, literal.length());
    }

    private void append(char c, int at) {
        boolean closes = c == ')' || c == ']' || c == '}';
        if ((closes || c == ',') && !inArgument.isEmpty()) {
            if (Objects.requireNonNull(inArgument.pop())) {
                out.append(')');
            }
            if (c == ',') {
                inArgument.push(false);
            }
        }
        if ((c == '}' || c == '{') && !out.isEmpty() && out.charAt(out.length() - 1) == c) {
            out.append(' ');
        }
        out.append(c);
        if (c == '(' || c == '[' || c == '{') {
            inArgument.push(false);
        } else if (c == '=' && isAssignment(at) && !inArgument.isEmpty()) {
            inArgument.pop();
            inArgument.push(true);
            out.append('(');
        }
    }

    private boolean isAssignment(int at) {
        boolean compares = at + 1 < source.length() && source.charAt(at + 1) == '=';
        return !compares && at > 0 && "=!<>".indexOf(source.charAt(at - 1)) < 0;
    }
}
