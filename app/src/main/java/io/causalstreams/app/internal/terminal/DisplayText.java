package io.causalstreams.app.internal.terminal;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** Text cut and wrapped by the columns it takes on a terminal, where 北 takes two and a combining mark none. */
public final class DisplayText {
    private DisplayText() {}

    /**
     * On one line and harmless: line ends and tabs become spaces, other control characters vanish, so that a model cannot
     * move the cursor.
     */
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (codePoint == '\n' || codePoint == '\t' || codePoint == '\r') {
                printable.append(' ');
            } else if (!isControl(codePoint)) {
                printable.appendCodePoint(codePoint);
            }
        });
        return printable.toString();
    }

    private static boolean isControl(int codePoint) {
        int type = Character.getType(codePoint);
        boolean joiner = codePoint == 0x200D; // of emoji
        return type == Character.CONTROL || (type == Character.FORMAT && !joiner) || type == Character.SURROGATE;
    }

    /** Columns of {@code text}. */
    public static int columns(String text) {
        return text.codePoints().map(DisplayText::columns).sum();
    }

    private static int columns(int codePoint) {
        return Math.max(0, WCWidth.wcwidth(codePoint));
    }

    /** The beginning of {@code text} that fits into {@code columns}; ends with … when something is left out. */
    public static String head(String text, int columns) {
        if (columns(text) <= columns) {
            return text;
        }
        return columns < 1 ? "" : text.substring(0, fitting(text, columns - 1)) + "…";
    }

    /** The end of {@code text} that fits into {@code columns}; begins with … when something is left out. */
    public static String tail(String text, int columns) {
        if (columns(text) <= columns) {
            return text;
        }
        if (columns < 1) {
            return "";
        }
        int start = text.length();
        int used = 1;
        while (start > 0) {
            int codePoint = text.codePointBefore(start);
            if (used + columns(codePoint) > columns) {
                break;
            }
            used += columns(codePoint);
            start -= Character.charCount(codePoint);
        }
        return "…" + text.substring(start);
    }

    /** {@code text}, filled up with spaces to {@code columns}. */
    public static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - columns(text)));
    }

    /** Paragraphs of {@code text} broken at spaces into lines of at most {@code columns}; longer words are cut. */
    public static List<String> wrapped(String text, int columns) {
        int width = Math.max(2, columns); // a wide character must fit
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.strip().split("\\R", -1)) {
            wrap(printable(paragraph), width, lines);
        }
        return lines;
    }

    private static void wrap(String paragraph, int columns, List<String> lines) {
        String rest = paragraph.stripTrailing();
        while (columns(rest) > columns) {
            int end = fitting(rest, columns);
            int space = rest.charAt(end) == ' ' ? end : rest.lastIndexOf(' ', end);
            int cut = space > 0 ? space : end;
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
    }

    /** Characters from the beginning of {@code text} that take at most {@code columns}. */
    private static int fitting(String text, int columns) {
        int end = 0;
        int used = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            used += columns(codePoint);
            if (used > columns) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }
}
