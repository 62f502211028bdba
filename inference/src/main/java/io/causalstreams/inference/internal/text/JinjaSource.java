package io.causalstreams.inference.internal.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites a chat template from Jinja2, for which it was written, to what Jinjava understands.
 *
 * <p>Jinjava differs in white space control, which decides every byte of a prompt, so it is applied here by Jinja2's own
 * rules ({@code trim_blocks} and {@code lstrip_blocks} on, one final newline dropped) and nothing of it is left for
 * Jinjava. The rest is small: see {@link JinjaExpression}.
 *
 * @see <a href="https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control">Jinja2: white space control</a>
 */
final class JinjaSource {
    private static final String NO_OUTPUT = "{{ '' }}";
    private static final Pattern LOOP = Pattern.compile("for\\s+([\\w\\s,]+?)\\s+in\\s+(.+)", Pattern.DOTALL);

    private final String template;
    private final StringBuilder out = new StringBuilder();
    /** Per open loop: the variable that holds its items. */
    private final Deque<String> loops = new ArrayDeque<>();

    private int lists;

    private JinjaSource(String template) {
        this.template = template;
    }

    static String forJinjava(String template) {
        String normalized = template.replace("\r\n", "\n").replace('\r', '\n');
        return new JinjaSource(
                        normalized.endsWith("\n") ? normalized.substring(0, normalized.length() - 1) : normalized)
                .rewrite();
    }

    private String rewrite() {
        int textStart = 0;
        while (true) {
            int tagStart = nextTag(textStart);
            if (tagStart == template.length()) {
                out.append(template, textStart, tagStart);
                return out.toString();
            }
            char kind = template.charAt(tagStart + 1);
            char opening = charAt(tagStart + 2);
            appendText(template.substring(textStart, textEnd(textStart, tagStart, kind, opening)));

            int close = closing(tagStart + 2, kind);
            char ending = template.charAt(close - 1);
            int innerStart = tagStart + (isControl(opening) ? 3 : 2);
            int innerEnd = isControl(ending) ? close - 1 : close;
            emit(
                    kind,
                    innerStart < innerEnd
                            ? template.substring(innerStart, innerEnd).strip()
                            : "");
            textStart = nextText(close + 2, kind, ending);
        }
    }

    /** Text in front of a tag; a brace at its end would make another tag of it. */
    private void appendText(String text) {
        if (text.endsWith("{")) {
            out.append(text, 0, text.length() - 1).append("{{ '{' }}");
        } else {
            out.append(text);
        }
    }

    private int nextTag(int from) {
        for (int at = from; at < template.length() - 1; at++) {
            if (template.charAt(at) == '{' && "{%#".indexOf(template.charAt(at + 1)) >= 0) {
                return at;
            }
        }
        return template.length();
    }

    /** Where the text before a tag ends once its trailing white space is controlled. */
    private int textEnd(int textStart, int tagStart, char kind, char control) {
        int end = tagStart;
        if (control == '-') {
            while (end > textStart && Character.isWhitespace(template.charAt(end - 1))) {
                end--;
            }
        } else if (control != '+' && kind != '{') {
            int lineStart = template.lastIndexOf('\n', tagStart - 1) + 1;
            if (lineStart >= textStart
                    && template.substring(lineStart, tagStart).isBlank()) {
                end = lineStart;
            }
        }
        return end;
    }

    /** Where the text behind a tag starts once its leading white space is controlled. */
    private int nextText(int from, char kind, char control) {
        int start = from;
        if (control == '-') {
            while (start < template.length() && Character.isWhitespace(template.charAt(start))) {
                start++;
            }
        } else if (control != '+' && kind != '{' && charAt(start) == '\n') {
            start++;
        }
        return start;
    }

    /** The position of the two characters that close the tag; strings and brackets in it are skipped. */
    private int closing(int from, char kind) {
        if (kind == '#') {
            int end = template.indexOf("#}", from);
            return end < 0 ? fail(from) : end;
        }
        String last = kind == '{' ? "}}" : "%}";
        int end = JinjaExpression.find(template, from, at -> template.startsWith(last, at));
        return end < 0 ? fail(from) : end;
    }

    private int fail(int at) {
        throw new IllegalArgumentException("a tag is not closed: "
                + template.substring(at - 2).lines().findFirst().orElse(""));
    }

    private void emit(char kind, String inner) {
        if (kind == '{') {
            out.append("{{ ").append(expression(inner)).append(" }}");
        } else if (kind == '%') {
            Matcher loop = LOOP.matcher(inner);
            if (loop.matches()) {
                emitLoop(loop.group(1), expression(loop.group(2)));
            } else if (!inner.equals("generation") && !inner.equals("endgeneration")) {
                emitBlock(inner.startsWith("macro ") ? inner : expression(inner));
            }
            if (inner.equals("endfor") && !loops.isEmpty()) {
                loops.pop();
            }
        }
    }

    /** Jinjava's loops know neither {@code loop.previtem} nor {@code loop.nextitem}: they are looked up in the list. */
    private String expression(String source) {
        String rewritten = JinjaExpression.forJinjava(source);
        return loops.isEmpty()
                ? rewritten
                : rewritten
                        .replace(
                                "loop.previtem", "(" + loops.peek() + "[loop.index0 - 1] if loop.index0 > 0 else none)")
                        .replace("loop.nextitem", "(" + loops.peek() + "[loop.index] if not loop.last else none)");
    }

    /** Jinjava knows no {@code for x in list if condition}: the items that pass are collected first. */
    private void emitLoop(String variables, String items) {
        int condition = JinjaExpression.topLevelIf(items);
        String list = "loop_items_" + lists++;
        boolean looksAround = template.contains("loop.previtem") || template.contains("loop.nextitem");
        if (condition < 0 && !looksAround) {
            emitBlock("for " + variables + " in " + items);
        } else if (condition < 0) {
            emitBlock("set " + list + " = " + items);
            emitBlock("for " + variables + " in " + list);
        } else {
            String item = variables.contains(",") ? "[" + variables + "]" : variables;
            emitBlock("set " + list + " = []");
            emitBlock("for " + variables + " in " + items.substring(0, condition));
            emitBlock(items.substring(condition));
            emitBlock("do " + list + ".append(" + item + ")");
            emitBlock("endif");
            emitBlock("endfor");
            emitBlock("for " + variables + " in " + list);
        }
        loops.push(list);
        out.append(NO_OUTPUT); // so that a loop with an empty body has a node to count
    }

    private void emitBlock(String statement) {
        out.append("{% ").append(statement).append(" %}");
    }

    private char charAt(int at) {
        return at < template.length() ? template.charAt(at) : 0;
    }

    private static boolean isControl(char c) {
        return c == '-' || c == '+';
    }
}
