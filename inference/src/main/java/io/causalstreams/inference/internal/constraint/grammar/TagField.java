package io.causalstreams.inference.internal.constraint.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * An object of a structural tag.
 *
 * @param path of it, for errors
 */
record TagField(JsonNode json, String path) {

    TagField {
        if (!json.isObject()) {
            throw new UnsupportedConstraintException(path + " must be an object");
        }
    }

    UnsupportedConstraintException error(String field, String problem) {
        return new UnsupportedConstraintException(path + "." + field + " " + problem);
    }

    boolean has(String field) {
        return json.hasNonNull(field);
    }

    /** Refuses every field but these and {@code type}, for one that is not honoured would change what is written. */
    void allow(Set<String> known) {
        Iterator<String> names = json.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!known.contains(name) && !name.equals("type") && has(name)) {
                throw error(name, "is not supported");
            }
        }
    }

    String text(String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw error(field, "must be a string");
        }
        return value.textValue();
    }

    boolean flag(String field) {
        JsonNode value = json.path(field);
        if (has(field) && !value.isBoolean()) {
            throw error(field, "must be true or false");
        }
        return value.asBoolean(false);
    }

    int number(String field) {
        JsonNode value = json.path(field);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw error(field, "must be a whole number");
        }
        return value.intValue();
    }

    TagField object(String field) {
        if (!json.path(field).isObject()) {
            throw error(field, "must be an object");
        }
        return new TagField(json.path(field), path + "." + field);
    }

    List<TagField> objects(String field) {
        List<TagField> objects = new ArrayList<>();
        for (JsonNode each : list(field)) {
            objects.add(new TagField(each, path + "." + field + "[" + objects.size() + "]"));
        }
        return objects;
    }

    /** None if it is absent; none of them empty. */
    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        if (has(field)) {
            for (JsonNode each : list(field)) {
                if (!each.isTextual() || each.textValue().isEmpty()) {
                    throw error(field, "must hold strings, none empty");
                }
                texts.add(each.textValue());
            }
        }
        return texts;
    }

    JsonNode list(String field) {
        if (!json.path(field).isArray()) {
            throw error(field, "must be a list");
        }
        return json.path(field);
    }
}
