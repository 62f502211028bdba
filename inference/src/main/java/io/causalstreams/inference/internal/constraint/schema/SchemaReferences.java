package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Finds what a {@code $ref} refers to; only references into the schema itself exist. */
final class SchemaReferences {

    private final JsonNode root;

    SchemaReferences(JsonNode root) {
        this.root = root;
    }

    /**
     * The target of a node's {@code $ref} as a path and a schema.
     *
     * @throws UnsupportedConstraintException if it does not lead into this schema
     */
    Target resolve(SchemaNode node) {
        String reference = String.valueOf(node.text("$ref"));
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw node.unsupported("$ref", "is '" + reference + "'; only '#' and '#/...' are supported");
        }
        JsonNode target;
        try {
            String pointer = URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            target = root.at(JsonPointer.compile(pointer));
        } catch (IllegalArgumentException e) {
            throw node.unsupported("$ref", "is '" + reference + "', which is not a JSON pointer");
        }
        if (target.isMissingNode()) {
            throw node.unsupported("$ref", "is '" + reference + "', which leads nowhere");
        }
        return new Target("$" + reference.substring(1).replace('/', '.'), target);
    }

    /** A schema somewhere else. */
    record Target(String path, JsonNode schema) {}
}
