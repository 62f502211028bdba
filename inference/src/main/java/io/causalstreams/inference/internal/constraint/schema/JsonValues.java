package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/** Single JSON values. */
final class JsonValues {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonValues() {}

    static boolean isWhole(JsonNode number) {
        BigDecimal value = number.decimalValue();
        return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    }

    /** A scalar so that equal values are equal objects: 1, 1.0 and 1e0 are one number. */
    static JsonNode normal(JsonNode scalar) {
        if (!scalar.isNumber()) {
            return scalar;
        }
        BigDecimal value = scalar.decimalValue();
        return new DecimalNode(value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros());
    }

    /** A schema that only this object or array meets, written with the keywords for its parts. */
    static ObjectNode schemaOf(JsonNode container) {
        ObjectNode schema = JSON.objectNode();
        if (container.isArray()) {
            schema.put("type", "array").put("minItems", container.size()).put("maxItems", container.size());
            ArrayNode prefix = schema.putArray("prefixItems");
            container.forEach(item -> prefix.add(JSON.objectNode().set("const", item)));
            return schema.put("items", false);
        }
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        container.forEachEntry((name, value) -> {
            properties.set(name, JSON.objectNode().set("const", value));
            required.add(name);
        });
        return schema.put("additionalProperties", false);
    }
}
