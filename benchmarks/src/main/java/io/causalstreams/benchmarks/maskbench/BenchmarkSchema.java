package io.causalstreams.benchmarks.maskbench;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One file of the benchmark: a schema and instances with the verdict of a validator. */
record BenchmarkSchema(String name, String schema, List<Instance> instances) {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    /** @param text as Python's {@code json.dumps(data, ensure_ascii=False)} writes it: the benchmark's own spelling */
    record Instance(String text, boolean valid) {}

    static BenchmarkSchema read(Path file) throws IOException {
        JsonNode root = MAPPER.readTree(file.toFile());
        List<Instance> instances = new ArrayList<>();
        for (JsonNode test : root.path("tests")) {
            StringBuilder text = new StringBuilder();
            write(test.path("data"), text);
            instances.add(new Instance(text.toString(), test.path("valid").asBoolean()));
        }
        return new BenchmarkSchema(
                String.valueOf(file.getFileName()), root.path("schema").toString(), instances);
    }

    private static void write(JsonNode value, StringBuilder to) {
        if (value.isObject()) {
            to.append('{');
            String[] separator = {""};
            value.forEachEntry((name, member) -> {
                to.append(separator[0]);
                write(name, to);
                to.append(": ");
                write(member, to);
                separator[0] = ", ";
            });
            to.append('}');
        } else if (value.isArray()) {
            to.append('[');
            String separator = "";
            for (JsonNode item : value) {
                to.append(separator);
                write(item, to);
                separator = ", ";
            }
            to.append(']');
        } else if (value.isTextual()) {
            write(value.textValue(), to);
        } else {
            to.append(value.isDouble() ? python(value.doubleValue()) : value.toString());
        }
    }

    private static void write(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\b' -> to.append("\\b");
                case '\f' -> to.append("\\f");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> to.append(c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        to.append('"');
    }

    /** Python's {@code repr} of a float: exponents below 1e-4 and from 1e16 on, with a sign and two digits. */
    private static String python(double value) {
        String text = Double.toString(value);
        double size = Math.abs(value);
        if (size == 0 || (size >= 1e-4 && size < 1e16)) {
            String plain = new java.math.BigDecimal(text).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        int e = text.indexOf('E');
        String digits = e < 0 ? text : text.substring(0, e);
        int exponent = e < 0 ? 0 : Integer.parseInt(text.substring(e + 1));
        return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits)
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }
}
