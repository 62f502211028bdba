package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code response_format} (OpenAI) and {@code structured_outputs} (vLLM). */
final class ConstraintReader {

    private ConstraintReader() {}

    static @Nullable OutputConstraint responseFormat(@Nullable FieldReader format) {
        if (format == null) {
            return null;
        }
        String type = format.string("type");
        if (type == null) {
            throw format.invalid("type", "is missing; it must be text, json_object, json_schema or structural_tag");
        }
        return switch (type) {
            case "text" -> null;
            case "json_object" -> new OutputConstraint.JsonObject();
            case "json_schema" -> new OutputConstraint.JsonSchema(schemaOf(format));
            case "structural_tag" ->
                new OutputConstraint.StructuralTag(format.object().toString());
            default -> throw format.invalid("type", "must be text, json_object, json_schema or structural_tag");
        };
    }

    private static String schemaOf(FieldReader format) {
        FieldReader named = format.object("json_schema");
        JsonNode schema = named == null ? null : named.value("schema");
        if (schema == null) {
            throw format.invalid("json_schema.schema", "is missing; it must be the JSON Schema of the answer");
        }
        if (!schema.isObject() && !schema.isBoolean()) {
            throw format.wrongType("json_schema.schema", schema, "a JSON Schema (an object)");
        }
        return schema.toString();
    }

    static @Nullable OutputConstraint structuredOutputs(@Nullable FieldReader outputs) {
        if (outputs == null) {
            return null;
        }
        List<OutputConstraint> all = new ArrayList<>();
        addIfPresent(all, choice(outputs));
        addIfPresent(all, regex(outputs));
        addIfPresent(all, json(outputs));
        addIfPresent(all, grammar(outputs, "grammar", "structured_outputs"));
        addIfPresent(all, structuralTag(outputs));
        if (all.size() != 1) {
            throw outputs.invalid(
                    "choice, regex, json, grammar, structural_tag",
                    "appear " + all.size() + " times; exactly one is needed");
        }
        return all.get(0);
    }

    private static @Nullable OutputConstraint choice(FieldReader outputs) {
        List<String> choices = outputs.strings("choice");
        if (choices == null) {
            return null;
        }
        if (choices.isEmpty() || choices.contains("") || new HashSet<>(choices).size() < choices.size()) {
            throw outputs.invalid("choice", "must hold at least one choice, none empty and none twice");
        }
        return new OutputConstraint.Choice(choices);
    }

    private static @Nullable OutputConstraint regex(FieldReader outputs) {
        String regex = outputs.string("regex");
        if (regex == null) {
            return null;
        }
        if (regex.isEmpty()) {
            throw outputs.invalid("regex", "is empty");
        }
        return new OutputConstraint.Regex(regex);
    }

    /** The tag as an object, or as text holding one, as vLLM's clients send it. */
    private static @Nullable OutputConstraint structuralTag(FieldReader outputs) {
        JsonNode tag = outputs.value("structural_tag");
        if (tag == null) {
            return null;
        }
        JsonNode object = tag.isTextual() ? parsed(outputs, "structural_tag", tag.textValue()) : tag;
        if (!object.isObject()) {
            throw outputs.wrongType("structural_tag", tag, "a structural tag (an object)");
        }
        return new OutputConstraint.StructuralTag(object.toString(), "structured_outputs");
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

    /** vLLM's older name of {@code structured_outputs.grammar}. */
    static @Nullable OutputConstraint guidedGrammar(FieldReader prompt) {
        return grammar(prompt, "guided_grammar", "guided_grammar");
    }

    /** A schema as an object, or as text holding one, as vLLM's clients send both. */
    private static @Nullable OutputConstraint json(FieldReader outputs) {
        JsonNode schema = outputs.value("json");
        if (schema == null) {
            return null;
        }
        if (schema.isObject() || schema.isBoolean()) {
            return structured(schema);
        }
        if (!schema.isTextual()) {
            throw outputs.wrongType("json", schema, "a JSON Schema");
        }
        return structured(parsed(outputs, "json", schema.textValue()));
    }

    private static OutputConstraint structured(JsonNode schema) {
        return new OutputConstraint.JsonSchema(schema.toString(), "structured_outputs");
    }

    private static JsonNode parsed(FieldReader outputs, String field, String json) {
        try {
            JsonNode tree = EventJson.tree(json.getBytes(StandardCharsets.UTF_8));
            if (tree.isObject() || tree.isBoolean()) {
                return tree;
            }
        } catch (UnreadablePromptException e) {
            // reported below
        }
        throw outputs.invalid(field, "is a string that holds no JSON object");
    }

    private static void addIfPresent(List<OutputConstraint> all, @Nullable OutputConstraint constraint) {
        if (constraint != null) {
            all.add(constraint);
        }
    }
}
