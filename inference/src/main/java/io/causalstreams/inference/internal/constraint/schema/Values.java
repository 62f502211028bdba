package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The values of {@code const} or {@code enum}.
 *
 * @param scalars in their {@linkplain JsonValues#normal normal form}
 * @param containers objects and arrays, each as a schema that only it meets
 */
record Values(Set<JsonNode> scalars, List<Schema> containers) {

    private static final int MAX_VALUES = 10_000;

    static Values of(Schema schema, String keyword) {
        Keywords keywords = schema.keywords();
        List<JsonNode> values = new ArrayList<>();
        if (keyword.equals("const")) {
            values.add(schema.json().path("const"));
        } else {
            values.addAll(keywords.list("enum"));
        }
        if (values.size() > MAX_VALUES) {
            throw keywords.unsupported(keyword, "has more than " + MAX_VALUES + " values");
        }
        Set<JsonNode> scalars = new LinkedHashSet<>();
        List<Schema> containers = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            if (value.isContainerNode()) {
                containers.add(schema.written(JsonValues.schemaOf(value), keyword + "[" + i + "]"));
            } else {
                scalars.add(JsonValues.normal(value));
            }
        }
        return new Values(scalars, containers);
    }
}
