package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.objects.collections.PyList;
import com.hubspot.jinjava.objects.collections.PyMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Dictionaries and lists that print as Python prints them: {@code {'a': [1, 'b', True, None]}}. */
final class PythonValues {
    private PythonValues() {}

    static final class Dict extends PyMap {
        Dict(Map<String, Object> map) {
            super(map);
        }

        @Override
        public String toString() {
            return repr(this);
        }
    }

    static final class Items extends PyList {
        Items(List<Object> list) {
            super(list);
        }

        @Override
        public String toString() {
            return repr(this);
        }
    }

    private static String repr(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(PythonValues::repr).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof Boolean bool) {
            return bool ? "True" : "False";
        }
        return value == null ? "None" : value.toString();
    }

    /** In single quotes, unless the text holds one and no double quote. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder literal = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> {
                    if (c == quote) {
                        literal.append('\\');
                    }
                    literal.append(c < ' ' || c == 0x7f ? "\\x%02x".formatted((int) c) : String.valueOf(c));
                }
            }
        }
        return literal.append(quote).toString();
    }
}
