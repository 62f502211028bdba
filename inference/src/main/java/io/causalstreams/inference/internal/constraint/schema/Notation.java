package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** How JSON values are written down. */
public enum Notation {

    /** As RFC 8259 has it. */
    JSON,

    /**
     * As literals of Python, in double quotes and without the escapes of JSON that Python reads otherwise: a solidus, a pair of
     * surrogates.
     */
    PYTHON;

    /** A string, number, boolean or null. */
    String write(JsonNode scalar) {
        if (scalar.isNumber()) {
            return scalar.decimalValue().toPlainString();
        } else if (this == PYTHON && scalar.isBoolean()) {
            return scalar.booleanValue() ? "True" : "False";
        } else if (this == PYTHON && scalar.isNull()) {
            return "None";
        }
        return scalar.toString();
    }
}
