package io.causalstreams.registry;

import java.util.List;

/**
 * A version of a subject.
 *
 * @param version from 1
 * @param id of the schema in the registry, as the wire format has it
 * @param text as it was registered
 * @param references to other subjects that the text names
 */
public record RegisteredSchema(
        String subject, int version, int id, SchemaType type, String text, List<Reference> references) {

    public RegisteredSchema {
        references = List.copyOf(references);
    }

    /** Its name in messages. */
    public String name() {
        return subject + " version " + version;
    }

    /**
     * A schema that another's text names.
     *
     * @param name in the text: a full name in Avro, the path of an import in Protobuf, a URI in JSON Schema
     */
    public record Reference(String name, String subject, int version) {}
}
