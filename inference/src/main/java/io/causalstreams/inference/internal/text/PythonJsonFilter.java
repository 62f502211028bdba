package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code tojson(ensure_ascii, indent, separators, sort_keys)} with the white space of Python's {@code json.dumps}: models were trained on
 * {@code {"a": 1, "b": 2}}, not on {@code {"a":1,"b":2}}.
 */
final class PythonJsonFilter implements Filter {
    private static final ObjectMapper JSON =
            JsonMapper.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

    /** In the order in which transformers' filter has them. */
    private static final List<String> PARAMETERS = List.of("ensure_ascii", "indent", "separators", "sort_keys");

    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
        return write(value, arguments.length == 0 ? Map.of() : Map.of("indent", arguments[0]));
    }

    @Override
    public Object filter(
            @Nullable Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
        Map<String, Object> all = new HashMap<>(named);
        for (int i = 0; i < Math.min(arguments.length, PARAMETERS.size()); i++) {
            all.put(PARAMETERS.get(i), arguments[i]);
        }
        return write(value, all);
    }

    private static String write(@Nullable Object value, Map<String, Object> arguments) {
        Object indent = arguments.get("indent");
        try {
            PrettyPrinter printer = indent == null
                    ? OneLine.of(arguments.get("separators"))
                    : indented(Integer.parseInt(indent.toString()));
            ObjectWriter writer = JSON.writer(printer);
            if (Boolean.TRUE.equals(arguments.get("ensure_ascii"))) {
                writer = writer.with(JsonWriteFeature.ESCAPE_NON_ASCII);
            }
            if (Boolean.TRUE.equals(arguments.get("sort_keys"))) {
                writer = writer.with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
            }
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new InterpretException("tojson cannot write the value: " + e.getMessage(), e);
        }
    }

    private static PrettyPrinter indented(int spaces) {
        DefaultIndenter indenter = new DefaultIndenter(" ".repeat(Math.min(spaces, 16)), "\n");
        return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withArrayIndenter(indenter)
                .withObjectIndenter(indenter);
    }

    /** In one line; one space behind colons and commas, unless others are given. */
    private static final class OneLine extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;

        private final String comma;
        private final String colon;

        private OneLine(String comma, String colon) {
            this.comma = comma;
            this.colon = colon;
        }

        static OneLine of(@Nullable Object separators) {
            return separators instanceof List<?> pair && pair.size() == 2
                    ? new OneLine(String.valueOf(pair.get(0)), String.valueOf(pair.get(1)))
                    : new OneLine(", ", ": ");
        }

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(colon);
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(comma);
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(comma);
        }
    }
}
