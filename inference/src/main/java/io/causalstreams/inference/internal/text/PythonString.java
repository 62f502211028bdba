package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.objects.collections.PyList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinjava.javax.el.MethodNotFoundException;

/**
 * The methods of Python's {@code str} that chat templates use.
 *
 * @see <a href="https://docs.python.org/3/library/stdtypes.html#string-methods">Python: string methods</a>
 */
final class PythonString {
    private static final int NEXT_LINE = 0x85;
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    private PythonString() {}

    static Object invoke(String string, String method, List<Object> arguments) {
        return switch (method) {
            case "strip" -> strip(string, arguments, true, true);
            case "lstrip" -> strip(string, arguments, true, false);
            case "rstrip" -> strip(string, arguments, false, true);
            case "split" -> split(string, arguments);
            case "splitlines" -> new PyList(new ArrayList<>(string.lines().toList()));
            case "startswith" -> anyOf(arguments, string::startsWith);
            case "endswith" -> anyOf(arguments, string::endsWith);
            case "find" -> (long) string.indexOf(text(arguments, 0));
            case "count" -> (long) split(string, arguments).size() - 1;
            case "replace" -> string.replace(text(arguments, 0), text(arguments, 1));
            case "join" ->
                ((Collection<?>) arguments.get(0)).stream().map(String::valueOf).collect(Collectors.joining(string));
            case "upper" -> string.toUpperCase(Locale.ROOT);
            case "lower" -> string.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(string);
            case "title" -> title(string);
            default -> throw new MethodNotFoundException("a string has no method " + method);
        };
    }

    private static String strip(String string, List<Object> arguments, boolean left, boolean right) {
        Predicate<Integer> stripped = arguments.isEmpty()
                ? c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE
                : c -> text(arguments, 0).indexOf(c) >= 0;
        int start = 0;
        int end = string.length();
        while (left && start < end && stripped.test((int) string.charAt(start))) {
            start++;
        }
        while (right && start < end && stripped.test((int) string.charAt(end - 1))) {
            end--;
        }
        return string.substring(start, end);
    }

    /** {@code split(separator, maxsplit)}; without a separator, at runs of white space. */
    private static PyList split(String string, List<Object> arguments) {
        List<Object> parts = new ArrayList<>();
        if (arguments.isEmpty() || arguments.get(0) == null) {
            WHITE_SPACE.splitAsStream(string.strip()).forEach(parts::add);
            return new PyList(parts);
        }
        String separator = text(arguments, 0);
        long most = arguments.size() > 1 ? ((Number) arguments.get(1)).longValue() : -1;
        int from = 0;
        for (int at = string.indexOf(separator);
                at >= 0 && (most < 0 || parts.size() < most);
                at = string.indexOf(separator, from)) {
            parts.add(string.substring(from, at));
            from = at + separator.length();
        }
        parts.add(string.substring(from));
        return new PyList(parts);
    }

    /** The argument is one string or a tuple of them. */
    private static boolean anyOf(List<Object> arguments, Predicate<String> test) {
        return arguments.get(0) instanceof Collection<?> strings
                ? strings.stream().anyMatch(string -> test.test(String.valueOf(string)))
                : test.test(text(arguments, 0));
    }

    private static String capitalize(String word) {
        return word.isEmpty()
                ? ""
                : word.substring(0, 1).toUpperCase(Locale.ROOT)
                        + word.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String title(String string) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            title.append(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return title.toString();
    }

    private static String text(List<Object> arguments, int index) {
        return String.valueOf(arguments.get(index));
    }
}
