package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A schema at its place in a document. Two are the same if their paths are. Threading: one thread. */
final class Schema {

    private static final Pattern INDEX = Pattern.compile("[0-9]{1,9}");
    private static final Pattern WORD = Pattern.compile("[\\w$-]+");

    static final URI NO_BASE = URI.create("schema:/");

    private final JsonNode json;
    private final String path;
    private final URI base;
    private final Draft draft;

    /** What was found below, by step: the same place is asked for again and again. */
    private final Map<String, Schema> below = new HashMap<>();

    private Schema(JsonNode json, String path, URI base, Draft draft) {
        this.json = json;
        this.path = path;
        this.base = base;
        this.draft = draft;
    }

    JsonNode json() {
        return json;
    }

    /** From the root, for example {@code $.properties.name}; names that are no words are quoted: {@code $["a.b"]}. */
    String path() {
        return path;
    }

    /** What relative references in it are resolved against: the nearest {@code $id} around it. */
    URI base() {
        return base;
    }

    /** That of the document. */
    Draft draft() {
        return draft;
    }

    static Schema root(JsonNode json) {
        Draft draft = Draft.of(json);
        return new Schema(json, "$", baseOf(json, NO_BASE, draft), draft);
    }

    /** The base inside a schema that stands in one with the base {@code around}. */
    private static URI baseOf(JsonNode json, URI around, Draft draft) {
        String id = draft.idOf(json);
        URI base = id.isEmpty() ? around : resolve(around, id);
        return base == null ? around : base;
    }

    /** A reference against a base; null if it is none. */
    static @Nullable URI resolve(URI base, String reference) {
        try {
            return reference.startsWith("#")
                    ? new URI(withoutFragment(base) + reference)
                    : base.resolve(new URI(reference)).normalize();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    static URI withoutFragment(URI uri) {
        String text = uri.toString();
        int hash = text.indexOf('#');
        return hash < 0 ? uri : URI.create(text.substring(0, hash));
    }

    /** What stands below, under a name or an index; null if nothing does. */
    @Nullable
    Schema below(String step) {
        Schema known = below.get(step);
        if (known == null) {
            known = find(step);
            if (known != null) {
                below.put(step, known);
            }
        }
        return known;
    }

    private @Nullable Schema find(String step) {
        JsonNode child;
        String name;
        if (json instanceof ArrayNode array && INDEX.matcher(step).matches()) {
            child = array.get(Integer.parseInt(step));
            name = "[" + step + "]";
        } else {
            child = json.get(step);
            name = WORD.matcher(step).matches() ? "." + step : "[" + TextNode.valueOf(step) + "]";
        }
        return child == null ? null : new Schema(child, path + name, baseOf(child, base, draft), draft);
    }

    /** The schema of a keyword, which must be there. */
    Schema at(String keyword) {
        Schema below = below(keyword);
        if (below == null) {
            throw new IllegalArgumentException("no '" + keyword + "' at " + path);
        }
        return below;
    }

    /** What stands right below, of an object or an array. */
    List<Schema> all() {
        List<Schema> all = new ArrayList<>();
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                all.add(at(String.valueOf(i)));
            }
        } else {
            json.fieldNames().forEachRemaining(name -> all.add(at(name)));
        }
        return all;
    }

    /** A schema that stands for a part of this one. */
    Schema written(JsonNode instead, String name) {
        return new Schema(instead, path + "." + name, base, draft);
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
        return this == other || (other instanceof Schema schema && schema.path.equals(path));
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
