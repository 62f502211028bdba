package io.causalstreams.inference.internal.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
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
    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{([0-9]{0,3})}");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    private PythonString() {}

    static Object invoke(String string, String method, List<Object> arguments) {
        return switch (method) {
            case "strip" -> strip(string, arguments, true, true);
            case "lstrip" -> strip(string, arguments, true, false);
            case "rstrip" -> strip(string, arguments, false, true);
            case "split" -> split(string, arguments);
            case "splitlines" ->
                new PythonValues.Items(new ArrayList<>(string.lines().toList()));
            case "startswith" -> anyOf(arguments, string::startsWith);
            case "endswith" -> anyOf(arguments, string::endsWith);
            case "rsplit" -> rsplit(string, arguments);
            case "find" -> (long) string.indexOf(text(arguments, 0));
            case "rfind" -> (long) string.lastIndexOf(text(arguments, 0));
            case "removeprefix" ->
                string.startsWith(text(arguments, 0))
                        ? string.substring(text(arguments, 0).length())
                        : string;
            case "removesuffix" ->
                string.endsWith(text(arguments, 0))
                        ? string.substring(
                                0, string.length() - text(arguments, 0).length())
                        : string;
            case "isdigit" -> !string.isEmpty() && string.codePoints().allMatch(Character::isDigit);
            case "format" -> format(string, arguments);
            case "count" -> (long) split(string, arguments).size() - 1;
            case "replace" -> replace(string, arguments);
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
    private static PythonValues.Items split(String string, List<Object> arguments) {
        List<Object> parts = new ArrayList<>();
        if (arguments.isEmpty() || arguments.get(0) == null) {
            WHITE_SPACE
                    .splitAsStream(string.strip())
                    .filter(part -> !part.isEmpty())
                    .forEach(parts::add);
            return new PythonValues.Items(parts);
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
        return new PythonValues.Items(parts);
    }

    /** {@code rsplit(separator, maxsplit)}: the last ones count. */
    private static PythonValues.Items rsplit(String string, List<Object> arguments) {
        PythonValues.Items all = split(string, arguments.subList(0, Math.min(1, arguments.size())));
        long most = arguments.size() > 1 ? ((Number) arguments.get(1)).longValue() : -1;
        if (most < 0 || all.size() <= most + 1) {
            return all;
        }
        int joined = (int) (all.size() - most);
        String first =
                all.subList(0, joined).stream().map(String::valueOf).collect(Collectors.joining(text(arguments, 0)));
        List<Object> parts = new ArrayList<>(List.of(first));
        parts.addAll(all.subList(joined, all.size()));
        return new PythonValues.Items(parts);
    }

    /** {@code replace(old, new, count)}. */
    private static String replace(String string, List<Object> arguments) {
        if (arguments.size() < 3) {
            return string.replace(text(arguments, 0), text(arguments, 1));
        }
        return split(string, List.of(arguments.get(0), arguments.get(2))).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(text(arguments, 1)));
    }

    /** {@code "{} {0}".format(a)}: fields by place, without specifications. */
    private static String format(String string, List<Object> arguments) {
        StringBuilder text = new StringBuilder();
        Matcher field = FIELD.matcher(string);
        int next = 0;
        while (field.find()) {
            String written = field.group();
            if (written.equals("{{") || written.equals("}}")) {
                written = written.substring(1);
            } else {
                int place = field.group(1).isEmpty() ? next++ : Integer.parseInt(field.group(1));
                if (place >= arguments.size()) {
                    throw new IllegalArgumentException("format has no argument " + place + " for " + string);
                }
                written = text(arguments, place);
            }
            field.appendReplacement(text, Matcher.quoteReplacement(written));
        }
        return field.appendTail(text).toString();
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
