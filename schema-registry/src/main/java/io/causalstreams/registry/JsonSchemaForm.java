package io.causalstreams.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.registry.internal.FormVersion;
import io.causalstreams.registry.internal.RegistryForm;
import io.causalstreams.topology.OutputForm;
import java.util.List;

/**
 * Answers that meet a registered JSON Schema, for serdes of JSON Schema. What of JSON Schema answers can be held to, the engine says
 * (docs/structured-output.md); a version with more than that is named in the log, and the version before stays in use.
 */
public final class JsonSchemaForm {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonSchemaForm() {}

    /**
     * The schema registered for the values of {@code topic}, always the latest version.
     *
     * @throws SchemaRegistryException if it cannot be had
     */
    public static OutputForm<JsonNode> ofTopic(SchemaRegistry registry, String topic) {
        return ofSubject(registry, SchemaRegistry.subjectOf(topic), JsonNode.class, MAPPER);
    }

    /** The same as objects of a class that Jackson reads. */
    public static <T> OutputForm<T> ofTopic(SchemaRegistry registry, String topic, Class<T> type) {
        return ofSubject(registry, SchemaRegistry.subjectOf(topic), type, MAPPER);
    }

    /** The same of a subject that is named otherwise, read by a mapper of your own. */
    public static <T> OutputForm<T> ofSubject(
            SchemaRegistry registry, String subject, Class<T> type, ObjectMapper mapper) {
        return new RegistryForm<>(
                registry,
                subject,
                SchemaType.JSON,
                RegistryForm.REFRESH,
                registered -> new FormVersion<>(
                        registered.name(), withReferences(registry, registered), json -> read(mapper, json, type)));
    }

    private static <T> T read(ObjectMapper mapper, String json, Class<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What is referenced becomes a definition that is called as the references call it. */
    private static String withReferences(SchemaRegistry registry, RegisteredSchema registered) {
        JsonNode schema = tree(registered);
        if (registered.references().isEmpty() || !(schema instanceof ObjectNode root)) {
            return registered.text();
        }
        addReferences(registry, root, registered.references());
        return root.toString();
    }

    private static void addReferences(
            SchemaRegistry registry, ObjectNode root, List<RegisteredSchema.Reference> references) {
        ObjectNode definitions = root.withObject("/$defs");
        for (RegisteredSchema.Reference each : references) {
            if (!definitions.has(each.name())) {
                RegisteredSchema referenced = registry.version(each.subject(), each.version());
                JsonNode definition = tree(referenced);
                if (definition instanceof ObjectNode object) {
                    object.put("$id", each.name());
                }
                definitions.set(each.name(), definition);
                addReferences(registry, root, referenced.references());
            }
        }
    }

    private static JsonNode tree(RegisteredSchema registered) {
        try {
            return MAPPER.readTree(registered.text());
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(registered.name() + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
