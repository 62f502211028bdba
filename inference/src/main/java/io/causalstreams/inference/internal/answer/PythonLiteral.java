package io.causalstreams.inference.internal.answer;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Pattern;

/** Python's literals, and JSON's, as JSON: strings in either quotes, numbers, constants, lists, tuples and dicts of them. */
final class PythonLiteral {
    private static final Map<String, String> CONSTANTS =
            Map.of("True", "true", "False", "false", "None", "null", "true", "true", "false", "false", "null", "null");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private final String python;
    private final StringBuilder json = new StringBuilder();
    private int at;

    private PythonLiteral(String python) {
        this.python = python;
    }

    /** The literal as JSON; what is none, as a JSON string of its text. */
    static String toJson(String python) {
        PythonLiteral literal = new PythonLiteral(python.strip());
        return literal.value() && literal.at == literal.python.length()
                ? literal.json.toString()
                : quote(python.strip());
    }

    static String quote(String text) {
        return TextNode.valueOf(text).toString();
    }

    private boolean value() {
        skipSpace();
        if (at == python.length()) {
            return false;
        }
        return switch (python.charAt(at)) {
            case '"', '\'' -> string();
            case '[' -> sequence(']', "[", "]");
            case '(' -> sequence(')', "[", "]");
            case '{' -> sequence('}', "{", "}");
            default -> word();
        };
    }

    private boolean sequence(char end, String open, String close) {
        boolean dict = end == '}';
        at++;
        json.append(open);
        for (int count = 0; ; count++) {
            skipSpace();
            if (at < python.length() && python.charAt(at) == end) {
                at++;
                json.append(close);
                return true;
            }
            if (count > 0) {
                json.append(", ");
            }
            if (!value() || (dict && !(skip(':', ": ") && value()))) {
                return false;
            }
            skipSpace();
            if (at == python.length() || (python.charAt(at) != end && !skip(',', ""))) {
                return false;
            }
        }
    }

    private boolean skip(char expected, String written) {
        skipSpace();
        if (at == python.length() || python.charAt(at) != expected) {
            return false;
        }
        at++;
        json.append(written);
        return true;
    }

    private boolean string() {
        char quote = python.charAt(at++);
        StringBuilder text = new StringBuilder();
        while (at < python.length() && python.charAt(at) != quote) {
            char next = python.charAt(at++);
            text.append(next == '\\' && at < python.length() ? unescape(python.charAt(at++)) : next);
        }
        if (at++ >= python.length()) {
            return false;
        }
        json.append(quote(text.toString()));
        return true;
    }

    private CharSequence unescape(char escaped) {
        return switch (escaped) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case '\\', '\'', '"' -> String.valueOf(escaped);
            case 'x' -> codePoint(2);
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            default -> "\\" + escaped; // as Python keeps it
        };
    }

    private CharSequence codePoint(int digits) {
        String hex = python.substring(at, Math.min(at + digits, python.length()));
        try {
            String text = Character.toString(Integer.parseInt(hex, 16));
            at += hex.length();
            return text;
        } catch (IllegalArgumentException e) {
            return "\\" + python.charAt(at - 1);
        }
    }

    private boolean word() {
        int start = at;
        while (at < python.length() && ",:]})".indexOf(python.charAt(at)) < 0) {
            at++;
        }
        String word = python.substring(start, at).strip();
        String constant = CONSTANTS.get(word);
        if (constant == null && !NUMBER.matcher(word).matches()) {
            return false;
        }
        json.append(constant == null ? word : constant);
        return true;
    }

    private void skipSpace() {
        while (at < python.length() && Character.isWhitespace(python.charAt(at))) {
            at++;
        }
    }
}
