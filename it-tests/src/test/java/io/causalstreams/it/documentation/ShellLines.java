package io.causalstreams.it.documentation;

import java.util.ArrayList;
import java.util.List;

/** What a POSIX shell makes of lines: commands and their words, as far as the documentation needs it. Nothing is expanded. */
public final class ShellLines {
    private final String text;
    private final List<List<String>> commands = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private int at;

    private ShellLines(String text) {
        this.text = text.replace("\\\n", " ");
    }

    /**
     * The commands of a script, in order; a pipe and a list are several. Redirections and comments are left out, and so is a
     * word {@code …}, which stands for what the reader puts there.
     *
     * @throws IllegalArgumentException for a quotation that does not end
     */
    public static List<List<String>> commands(String script) {
        return new ShellLines(script).read();
    }

    private List<List<String>> read() {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '#') {
                at = endOf('\n');
            } else if ("\n;&|".indexOf(next) >= 0) {
                endCommand();
                at++;
            } else if (Character.isWhitespace(next)) {
                at++;
            } else if (next == '<' || next == '>') {
                skipRedirection();
            } else {
                add(word());
            }
        }
        endCommand();
        return commands;
    }

    private void add(String word) {
        boolean definition = word.equals("{") || word.equals("}") || word.endsWith("()");
        if (!definition && !word.equals("…")) {
            words.add(word);
        }
    }

    private void endCommand() {
        if (!words.isEmpty()) {
            commands.add(words);
            words = new ArrayList<>();
        }
    }

    private void skipRedirection() {
        while (at < text.length() && "<>& ".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        word();
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        while (at < text.length()) {
            char next = text.charAt(at);
            if (Character.isWhitespace(next) || ";&|<>".indexOf(next) >= 0) {
                break;
            }
            at++;
            if (next == '\'' || next == '"') {
                word.append(quoted(next));
            } else {
                word.append(next);
            }
        }
        return word.toString();
    }

    private String quoted(char quote) {
        int begin = at;
        int end = endOf(quote);
        if (end == text.length()) {
            throw new IllegalArgumentException("a quotation that does not end: " + text.substring(begin - 1));
        }
        at = end + 1;
        return text.substring(begin, end);
    }

    private int endOf(char last) {
        int end = text.indexOf(last, at);
        return end < 0 ? text.length() : end;
    }
}
