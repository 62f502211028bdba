package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A schema at its place in a document. Two are the same if their paths are.
 *
 * @param path from the root, for example {@code $.properties.name}; names that are no words are quoted: {@code $["a.b"]}
 * @param base what relative references in it are resolved against: the nearest {@code $id} around it
 */
record Schema(JsonNode json, String path, URI base) {

    static Schema root(JsonNode json) {
        return new Schema(json, "$", SchemaDocument.baseOf(json, SchemaDocument.NO_BASE));
    }

    /** What stands below, under a name or an index; null if nothing does. */
    @Nullable
    Schema below(String step) {
        JsonNode child;
        String name;
        if (json instanceof ArrayNode array && step.matches("[0-9]{1,9}")) {
            child = array.get(Integer.parseInt(step));
            name = "[" + step + "]";
        } else {
            child = json.get(step);
            name = step.matches("[\\w$-]+") ? "." + step : "[" + TextNode.valueOf(step) + "]";
        }
        return child == null ? null : new Schema(child, path + name, SchemaDocument.baseOf(child, base));
    }

    /** The schema of a keyword, which must be there. */
    Schema at(String keyword) {
        Schema below = below(keyword);
        if (below == null) {
            throw new IllegalArgumentException("no '" + keyword + "' at " + path);
        }
        return below;
    }

    /** A schema that stands for a part of this one. */
    Schema written(JsonNode instead, String name) {
        return new Schema(instead, path + "." + name, base);
    }

    /** Its keywords; those of a boolean schema are none. */
    Keywords keywords() {
        if (json instanceof ObjectNode object) {
            return new Keywords(object, path);
        }
        throw new UnsupportedConstraintException("the schema at " + path + " must be an object or a boolean");
    }

    boolean isTrue() {
        return json.equals(BooleanNode.TRUE) || (json.isObject() && json.isEmpty());
    }

    boolean isFalse() {
        return json.equals(BooleanNode.FALSE);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schema schema && schema.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
