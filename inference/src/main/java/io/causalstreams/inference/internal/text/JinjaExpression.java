package io.causalstreams.inference.internal.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Rewrites one expression or statement of Jinja2 where Jinjava's parser falls short.
 *
 * <ul>
 *   <li>{@code f(a=b - 1)} → {@code f(a=(b - 1))}: Jinjava takes {@code (a=b) - 1}
 *   <li>{@code "\\u00e9"} → the character itself; {@code }}} inside of an expression → {@code } }}
 *   <li>{@code not x is defined}, {@code not x == 1} → {@code not (x is defined)}, {@code not (x == 1)}: Jinjava takes
 *       {@code (not x) is defined}
 *   <li>{@code x[:n + 1]} → {@code x.slice(none, n + 1)}: Jinjava has neither sums nor steps in slices
 *   <li>{@code dict(a=1)} → {@code {'a': 1}}
 * </ul>
 */
final class JinjaExpression {
    private static final Pattern CODE_POINT =
            Pattern.compile("(?<!\\\\)\\\\(?:u(?<long>[0-9a-fA-F]{4})|x(?<short>[0-9a-fA-F]{2}))");
    /** {@code not} as an operator of its own, neither of {@code is not} nor of {@code not in}. */
    private static final Pattern NOT = Pattern.compile("(?<![\\w.])(?<!\\bis\\s{1,9})not\\s+(?!in\\b)");
    /** What ends its operand: it binds closer than these. */
    private static final Pattern LOOSER = Pattern.compile("\\s(?:and|or|if|else)\\s");

    private static final Pattern DICT = Pattern.compile("(?<![\\w.])dict\\(");
    private static final Pattern NAMED = Pattern.compile("\\s*(\\w+)\\s*=(?!=)(.+)", Pattern.DOTALL);

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

    /** The first position from {@code from} on, outside of strings and of brackets that open there, that matches; or -1. */
    static int find(String source, int from, IntPredicate matches) {
        int depth = 0;
        for (int at = from; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                at = stringEnd(source, at) - 1;
            } else if (depth == 0 && matches.test(at)) {
                return at;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }
        return -1;
    }

    /** The position of an {@code if} outside of brackets and strings, or -1. */
    static int topLevelIf(String source) {
        int space = find(source, 0, at -> source.startsWith(" if ", at));
        return space < 0 ? -1 : space + 1;
    }

    private String rewrite() {
        Matcher dict = DICT.matcher(source).useTransparentBounds(true);
        Matcher not = NOT.matcher(source).useTransparentBounds(true);
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                int end = stringEnd(source, at);
                appendString(source.substring(at, end));
                at = end;
            } else if (c == '[' && isSubscript() && split(at, ':').size() > 1) {
                out.append(slice(split(at, ':')));
                at = bracketEnd(source, at);
            } else if (c == 'd' && dict.region(at, source.length()).lookingAt()) {
                out.append(dict(split(dict.end() - 1, ',')));
                at = bracketEnd(source, dict.end() - 1);
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

    /** Whether a bracket here would be behind a value. */
    private boolean isSubscript() {
        String before = out.toString().stripTrailing();
        return !before.isEmpty()
                && (Character.isJavaIdentifierPart(before.charAt(before.length() - 1))
                        || "])'\"".indexOf(before.charAt(before.length() - 1)) >= 0);
    }

    private static String slice(List<String> bounds) {
        return bounds.stream()
                .map(bound -> bound.isBlank() ? "none" : forJinjava(bound.strip()))
                .collect(Collectors.joining(", ", ".slice(", ")"));
    }

    private static String dict(List<String> arguments) {
        return arguments.stream()
                .filter(argument -> !argument.isBlank())
                .map(argument -> {
                    Matcher named = NAMED.matcher(argument);
                    return named.matches()
                            ? "'" + named.group(1) + "': (" + forJinjava(named.group(2)) + ")"
                            : argument;
                })
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** What stands in the bracket at {@code open}, cut at a separator. */
    private List<String> split(int open, char separator) {
        List<String> parts = new ArrayList<>();
        int end = bracketEnd(source, open) - 1;
        String inside = source.substring(open + 1, Math.max(open + 1, end));
        int start = 0;
        for (int at = next(inside, 0, separator); at >= 0; at = next(inside, start, separator)) {
            parts.add(inside.substring(start, at));
            start = at + 1;
        }
        parts.add(inside.substring(start));
        return parts;
    }

    private static int next(String source, int from, char separator) {
        return find(source, from, at -> source.charAt(at) == separator);
    }

    /** The position behind the bracket that closes the one at {@code open}. */
    private static int bracketEnd(String source, int open) {
        int close = find(source, open + 1, at -> ")]}".indexOf(source.charAt(at)) >= 0);
        return close < 0 ? source.length() : close + 1;
    }

    /** Where the operand of {@code not} that starts at {@code start} ends. */
    private int operandEnd(int start) {
        Matcher looser = LOOSER.matcher(source);
        int end = find(
                source,
                start,
                at -> ")]},:".indexOf(source.charAt(at)) >= 0
                        || looser.region(at, source.length()).lookingAt());
        return end < 0 ? source.length() : end;
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
        if ((c == '+' || c == '-') && isSubscript()) {
            out.append(c).append(' '); // a sign that touches a digit would belong to it
            return;
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
