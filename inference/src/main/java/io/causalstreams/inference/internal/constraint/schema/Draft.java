package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** What drafts of JSON Schema see differently, by the {@code $schema} of the document. */
enum Draft {
    DRAFT_4,
    DRAFT_6_AND_7,
    SINCE_2019,
    /** A document that does not say: it is read by its shape. */
    UNSAID;

    static Draft of(JsonNode root) {
        if (!root.has("$schema")) {
            return UNSAID;
        }
        String draft = root.path("$schema").asText("");
        return draft.matches(".*draft-0[34]/.*")
                ? DRAFT_4
                : draft.matches(".*draft-0[67]/.*") ? DRAFT_6_AND_7 : SINCE_2019;
    }

    /** Whether keywords beside {@code $ref} mean nothing. */
    boolean referencesStandAlone() {
        return this == DRAFT_4 || this == DRAFT_6_AND_7;
    }

    /** The id that a schema gives itself, empty if none. */
    String idOf(JsonNode schema) {
        if (referencesStandAlone() && schema.path("$ref").isTextual()) {
            return "";
        }
        JsonNode id = schema.path(this == DRAFT_4 ? "id" : "$id");
        if (this == UNSAID && !id.isTextual()) {
            id = schema.path("id");
        }
        return id.isTextual() ? id.textValue() : "";
    }
}
