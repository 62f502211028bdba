package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the form of the answer: {@code response_format} (OpenAI), {@code structured_outputs} (vLLM) or one of the
 * {@code guided_…} fields (vLLM's older names). Two forms at once are invalid, both named.
 */
final class ConstraintReader {

    private final Map<String, OutputConstraint> forms = new LinkedHashMap<>();

    private ConstraintReader() {}

    /** The form that a prompt event asks for; null = any text. */
    static @Nullable OutputConstraint read(FieldReader prompt) {
        ConstraintReader reader = new ConstraintReader();
        reader.responseFormat(prompt.object("response_format"));
        reader.structuredOutputs(prompt.object("structured_outputs"));
        reader.add("guided_json", json(prompt, "guided_json", "guided_json"));
        reader.add("guided_choice", choice(prompt, "guided_choice", "guided_choice"));
        reader.add("guided_regex", regex(prompt, "guided_regex", "guided_regex"));
        reader.add("guided_grammar", grammar(prompt, "guided_grammar", "guided_grammar"));
        return reader.only();
    }

    private void responseFormat(@Nullable FieldReader format) {
        if (format == null) {
            return;
        }
        String type = format.string("type");
        if (type == null) {
            throw format.invalid("type", "is missing; it must be text, json_object, json_schema or structural_tag");
        }
        add(
                "response_format",
                switch (type) {
                    case "text" -> null;
                    case "json_object" -> jsonObject(format);
                    case "json_schema" -> new OutputConstraint.JsonSchema(schemaOf(format));
                    case "structural_tag" ->
                        new OutputConstraint.StructuralTag(format.object().toString());
                    default -> throw format.invalid("type", "must be text, json_object, json_schema or structural_tag");
                });
    }

    /** Any object, or what meets the {@code schema} beside the type, as llama.cpp's server and hosted ones take it. */
    private static OutputConstraint jsonObject(FieldReader format) {
        if (format.value("json_schema") != null) {
            throw format.invalid("json_schema", "is there beside type json_object; send type json_schema");
        }
        JsonNode schema = format.value("schema");
        return schema == null
                ? new OutputConstraint.JsonObject()
                : new OutputConstraint.JsonSchema(schema("schema", schema, format));
    }

    /** OpenAI's {@code json_schema.schema}, or a {@code schema} beside the type. */
    private static String schemaOf(FieldReader format) {
        FieldReader named = format.object("json_schema");
        JsonNode inner = named == null ? null : named.value("schema");
        JsonNode outer = format.value("schema");
        if (inner != null && outer != null) {
            throw format.invalid("schema", "is there beside json_schema.schema; send one of the two");
        } else if (outer != null) {
            return schema("schema", outer, format);
        } else if (inner != null) {
            return schema("json_schema.schema", inner, format);
        }
        throw format.invalid("json_schema.schema", "is missing; it must be the JSON Schema of the answer");
    }

    private static String schema(String place, JsonNode schema, FieldReader format) {
        if (!schema.isObject() && !schema.isBoolean()) {
            throw format.wrongType(place, schema, "a JSON Schema (an object)");
        }
        return schema.toString();
    }

    private void structuredOutputs(@Nullable FieldReader outputs) {
        if (outputs == null) {
            return;
        }
        String wire = "structured_outputs";
        add(wire + ".choice", choice(outputs, "choice", wire));
        add(wire + ".regex", regex(outputs, "regex", wire));
        add(wire + ".json", json(outputs, "json", wire));
        add(wire + ".grammar", grammar(outputs, "grammar", wire));
        add(wire + ".structural_tag", structuralTag(outputs, wire));
        if (Boolean.TRUE.equals(outputs.bool("json_object"))) {
            add(wire + ".json_object", new OutputConstraint.JsonObject(wire));
        }
        if (Boolean.TRUE.equals(outputs.bool("disable_any_whitespace"))
                || outputs.value("whitespace_pattern") != null) {
            throw outputs.invalid(
                    "disable_any_whitespace, whitespace_pattern", "are not supported: white space is bounded anyway");
        }
        if (forms.keySet().stream().noneMatch(form -> form.startsWith(wire))) {
            throw outputs.invalid(
                    "choice, regex, json, json_object, grammar, structural_tag",
                    "are all absent; exactly one is needed");
        }
    }

    private static @Nullable OutputConstraint choice(FieldReader fields, String field, String wire) {
        List<String> choices = fields.strings(field);
        if (choices == null) {
            return null;
        }
        if (choices.isEmpty() || choices.contains("") || new HashSet<>(choices).size() < choices.size()) {
            throw fields.invalid(field, "must hold at least one choice, none empty and none twice");
        }
        return new OutputConstraint.Choice(choices, wire);
    }

    private static @Nullable OutputConstraint regex(FieldReader fields, String field, String wire) {
        String regex = fields.string(field);
        if (regex == null) {
            return null;
        }
        if (regex.isEmpty()) {
            throw fields.invalid(field, "is empty");
        }
        return new OutputConstraint.Regex(regex, wire);
    }

    /** The tag as an object, or as text holding one, as vLLM's clients send it. */
    private static @Nullable OutputConstraint structuralTag(FieldReader outputs, String wire) {
        JsonNode tag = outputs.value("structural_tag");
        if (tag == null) {
            return null;
        }
        JsonNode object = tag.isTextual() ? parsed(outputs, "structural_tag", tag.textValue()) : tag;
        if (!object.isObject()) {
            throw outputs.wrongType("structural_tag", tag, "a structural tag (an object)");
        }
        return new OutputConstraint.StructuralTag(object.toString(), wire);
    }

    /** @param wire the name of the field among those of the prompt, for messages of the engine */
    private static @Nullable OutputConstraint grammar(FieldReader fields, String field, String wire) {
        String grammar = fields.string(field);
        if (grammar == null) {
            return null;
        }
        if (grammar.isBlank()) {
            throw fields.invalid(field, "is empty");
        }
        return new OutputConstraint.Grammar(grammar, wire);
    }

    /** A schema as an object, or as text holding one, as vLLM's clients send both. */
    private static @Nullable OutputConstraint json(FieldReader fields, String field, String wire) {
        JsonNode schema = fields.value(field);
        if (schema == null) {
            return null;
        }
        JsonNode tree = schema.isTextual() ? parsed(fields, field, schema.textValue()) : schema;
        if (!tree.isObject() && !tree.isBoolean()) {
            throw fields.wrongType(field, schema, "a JSON Schema");
        }
        return new OutputConstraint.JsonSchema(tree.toString(), wire);
    }

    private static JsonNode parsed(FieldReader fields, String field, String json) {
        try {
            JsonNode tree = EventJson.tree(json.getBytes(StandardCharsets.UTF_8));
            if (tree.isObject() || tree.isBoolean()) {
                return tree;
            }
        } catch (UnreadablePromptException e) {
            // reported below
        }
        throw fields.invalid(field, "is a string that holds no JSON object");
    }

    private void add(String form, @Nullable OutputConstraint constraint) {
        if (constraint != null) {
            forms.put(form, constraint);
        }
    }

    private @Nullable OutputConstraint only() {
        if (forms.size() > 1) {
            List<String> names = List.copyOf(forms.keySet());
            String second = names.get(1);
            throw new Invalid(
                    second.substring(0, second.contains(".") ? second.indexOf('.') : second.length()),
                    String.join(" and ", names) + " each give the answer a form; send one of them");
        }
        return forms.isEmpty() ? null : forms.values().iterator().next();
    }
}
