package io.causalstreams.inference.internal.constraint;

import java.util.LinkedHashMap;
import java.util.Map;

/** Schemas as people write them, by name. */
public final class Schemas {

    public static final String REFUND = """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "create_refund",
              "description": "Refund a charge, as the refunds endpoint of a payment service takes it",
              "type": "object",
              "properties": {
                "charge": {"type": "string", "pattern": "^ch_[A-Za-z0-9]{14,24}$", "description": "Charge to refund"},
                "amount": {"type": "integer", "minimum": 1, "maximum": 99999999, "description": "In cents"},
                "currency": {"enum": ["usd", "eur", "gbp", "jpy"]},
                "reason": {"type": "string", "enum": ["duplicate", "fraudulent", "requested_by_customer"]},
                "instructions_email": {"type": "string", "format": "email"},
                "reverse_transfer": {"type": "boolean", "default": false},
                "requested_at": {"type": "string", "format": "date-time"},
                "note": {"type": ["string", "null"], "maxLength": 200},
                "metadata": {
                  "type": "object",
                  "additionalProperties": {"type": "string", "maxLength": 40}
                }
              },
              "required": ["charge", "amount", "currency", "reason"],
              "additionalProperties": false
            }
            """;

    public static final Map<String, String> ALL = new LinkedHashMap<>();

    static {
        ALL.put("refund", REFUND);
        ALL.put("string", "{\"type\":\"string\"}");
        ALL.put("any value", "true");
        ALL.put("free object", "{\"type\":\"object\"}");
        ALL.put("several types", "{\"type\":[\"integer\",\"null\",\"boolean\"]}");
        ALL.put("lengths", "{\"type\":\"string\",\"minLength\":3,\"maxLength\":7}");
        ALL.put("long text", "{\"type\":\"string\",\"maxLength\":100000}");
        ALL.put("pattern", "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-\\\\d{3,5}(\\\"x\\\")?$\"}");
        ALL.put("pattern inside", "{\"type\":\"string\",\"pattern\":\"\\\\d\\\\d\",\"maxLength\":6}");
        ALL.put(
                "pattern and length",
                "{\"type\":\"string\",\"pattern\":\"^(ab|c)*$\",\"minLength\":4,\"maxLength\":9}");
        ALL.put("class and length", "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\",\"maxLength\":50000}");
        ALL.put("integer range", "{\"type\":\"integer\",\"minimum\":-17,\"exclusiveMaximum\":1234}");
        ALL.put("positive", "{\"type\":\"integer\",\"exclusiveMinimum\":0}");
        ALL.put("number range", "{\"type\":\"number\",\"minimum\":-0.25,\"maximum\":1.5}");
        ALL.put("price", "{\"type\":\"number\",\"exclusiveMinimum\":0,\"maximum\":1000,\"multipleOf\":0.01}");
        ALL.put("multiples", "{\"type\":\"integer\",\"minimum\":-7,\"maximum\":50,\"multipleOf\":5}");
        ALL.put("items", "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"minItems\":2,\"maxItems\":4}");
        ALL.put("many items", "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"maxItems\":10000}");
        ALL.put(
                "tuple",
                "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"},{\"enum\":[\"a\",1,null]}],"
                        + "\"items\":{\"type\":\"boolean\"},\"minItems\":1,\"maxItems\":4}");
        ALL.put(
                "formats",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"format\":\"date\"},"
                        + "\"b\":{\"type\":\"string\",\"format\":\"time\"},\"c\":{\"type\":\"string\",\"format\":\"date-time\"},"
                        + "\"d\":{\"type\":\"string\",\"format\":\"uuid\"},\"e\":{\"type\":\"string\",\"format\":\"email\"},"
                        + "\"f\":{\"type\":\"string\",\"format\":\"ipv4\"},\"g\":{\"type\":\"string\",\"format\":\"ipv6\"},"
                        + "\"h\":{\"type\":\"string\",\"format\":\"hostname\"},\"i\":{\"type\":\"string\",\"format\":\"uri\"}},"
                        + "\"required\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]}");
        ALL.put("enum", "{\"enum\":[\"a\\\"b\\n\",1,2.50,null,true,{\"k\":[1,\"é\"]}]}");
        ALL.put("const", "{\"const\":{\"version\":1,\"beta\":false}}");
        ALL.put(
                "optional properties",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"string\"},"
                        + "\"c\":{\"type\":\"null\"},\"d\":{\"type\":\"boolean\"}},\"required\":[\"c\"]}");
        ALL.put(
                "additional properties",
                "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"idea\":{\"type\":\"boolean\"}},"
                        + "\"required\":[\"id\",\"undeclared\"],\"additionalProperties\":{\"type\":\"string\"}}");
        ALL.put(
                "tree",
                "{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
                        + "\"children\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/node\"}}},"
                        + "\"required\":[\"name\",\"children\"],\"additionalProperties\":false}},\"$ref\":\"#/$defs/node\"}");
        ALL.put(
                "linked list",
                "{\"type\":\"object\",\"properties\":{\"value\":{\"type\":\"integer\"},"
                        + "\"next\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}},\"required\":[\"value\",\"next\"]}");
        ALL.put(
                "shapes",
                "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"circle\"},\"r\":{\"type\":\"number\","
                        + "\"exclusiveMinimum\":0}},\"required\":[\"kind\",\"r\"]},{\"type\":\"object\",\"properties\":{"
                        + "\"kind\":{\"const\":\"square\"},\"side\":{\"type\":\"integer\"}},\"required\":[\"kind\",\"side\"]},"
                        + "{\"type\":\"string\"}]}");
        ALL.put(
                "alternatives beside properties",
                "{\"type\":\"object\",\"properties\":{\"email\":{\"type\":\"string\",\"format\":\"email\"},"
                        + "\"phone\":{\"type\":\"string\",\"pattern\":\"^\\\\+?[0-9]{5,15}$\"}},"
                        + "\"anyOf\":[{\"required\":[\"email\"]},{\"required\":[\"phone\"]}],\"additionalProperties\":false}");
        ALL.put(
                "all of",
                "{\"allOf\":[{\"$ref\":\"#/definitions/base\"},{\"type\":\"object\",\"properties\":{\"size\":{\"maximum\":10},"
                        + "\"extra\":{\"type\":\"boolean\"}},\"required\":[\"extra\"]}],\"definitions\":{\"base\":{\"type\":"
                        + "\"object\",\"properties\":{\"size\":{\"type\":\"integer\",\"minimum\":3}},\"required\":[\"size\"]}}}");
        ALL.put(
                "same beginning",
                "{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"a\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"name\",\"a\"]},{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
                        + "\"b\":{\"type\":\"string\"}},\"required\":[\"name\",\"b\"]}]}");
    }

    private Schemas() {}
}
