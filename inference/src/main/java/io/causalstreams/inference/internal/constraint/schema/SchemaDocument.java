package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A schema document: its draft, and what the references in it lead to. Nothing is fetched. */
final class SchemaDocument {

    static final URI NO_BASE = URI.create("schema:/");

    private static final Set<String> NO_SCHEMAS = Set.of("enum", "const", "default", "examples", "example");
    private static final int MAX_DEPTH = 500;

    private final Schema root;
    private final boolean referencesStandAlone;

    /** Schemas with an {@code $id}, by it; those with an anchor by base and fragment. */
    private final Map<URI, Schema> named = new HashMap<>();

    SchemaDocument(JsonNode json) {
        this.root = Schema.root(json);
        String draft = json.path("$schema").asText("");
        this.referencesStandAlone = draft.matches(".*draft-0[3467]/.*");
        named.put(NO_BASE, root);
        index(root, 0);
    }

    Schema root() {
        return root;
    }

    /** Whether keywords beside {@code $ref} mean nothing, as up to draft 7. */
    boolean referencesStandAlone() {
        return referencesStandAlone;
    }

    /** Whether the document says which draft it is written in. */
    boolean hasDraft() {
        return root.json().has("$schema");
    }

    private void index(Schema at, int depth) {
        if (depth > MAX_DEPTH) {
            throw new UnsupportedConstraintException("the schema is nested deeper than " + MAX_DEPTH);
        }
        JsonNode json = at.json();
        if (json.isObject()) {
            if (!idOf(json).isEmpty()) {
                named.putIfAbsent(withoutFragment(at.base()), at);
                named.putIfAbsent(at.base(), at);
            }
            for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
                if (json.path(keyword).isTextual()) {
                    URI name = resolve(at.base(), "#" + json.path(keyword).asText());
                    if (name != null) {
                        named.putIfAbsent(name, at);
                    }
                }
            }
            for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!NO_SCHEMAS.contains(name) && json.path(name).isContainerNode()) {
                    index(at.at(name), depth + 1);
                }
            }
        } else {
            for (int i = 0; i < json.size(); i++) {
                if (json.path(i).isContainerNode()) {
                    index(at.at(String.valueOf(i)), depth + 1);
                }
            }
        }
    }

    /** The base inside a schema that stands in one with the base {@code around}. */
    static URI baseOf(JsonNode json, URI around) {
        String id = idOf(json);
        URI base = id.isEmpty() ? around : resolve(around, id);
        return base == null ? around : base;
    }

    private static String idOf(JsonNode json) {
        JsonNode id = json.path("$id").isTextual() ? json.path("$id") : json.path("id");
        return id.isTextual() ? id.textValue() : "";
    }

    private static @Nullable URI resolve(URI base, String reference) {
        try {
            return reference.startsWith("#")
                    ? new URI(withoutFragment(base) + reference)
                    : base.resolve(new URI(reference)).normalize();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static URI withoutFragment(URI uri) {
        String text = uri.toString();
        int hash = text.indexOf('#');
        return hash < 0 ? uri : URI.create(text.substring(0, hash));
    }

    /**
     * What a reference at {@code from} leads to; references in a row are followed to the end.
     *
     * @throws UnsupportedConstraintException if it does not lead into this document, or back to itself
     */
    Schema resolve(Schema from, String keyword) {
        Set<Schema> seen = new HashSet<>();
        Schema at = from;
        do {
            if (!seen.add(at)) {
                throw at.keywords().unsupported(keyword, "refers to itself without anything between");
            }
            at = target(at, keyword);
        } while (at.json().isObject()
                && at.json().size() == 1
                && at.json().path(keyword).isTextual());
        return at;
    }

    private Schema target(Schema from, String keyword) {
        Keywords keywords = from.keywords();
        String reference = String.valueOf(keywords.text(keyword));
        Schema found = null;
        if (reference.startsWith("#/")) {
            found = walk(resource(from), reference.substring(1));
            found = found == null ? walk(root, reference.substring(1)) : found;
        } else {
            URI uri = resolve(from.base(), reference);
            if (uri != null) {
                found = named.get(uri);
                String fragment = uri.getRawFragment();
                Schema resource = named.get(withoutFragment(uri));
                if (found == null && resource != null && (fragment == null || fragment.isEmpty())) {
                    found = resource;
                } else if (found == null && resource != null && fragment != null && fragment.startsWith("/")) {
                    found = walk(resource, fragment);
                }
            }
        }
        if (found == null) {
            throw keywords.unsupported(
                    keyword, "is '" + reference + "', which leads nowhere in this schema; put it into $defs");
        }
        return found;
    }

    private Schema resource(Schema from) {
        return named.getOrDefault(withoutFragment(from.base()), root);
    }

    private static @Nullable Schema walk(Schema from, String pointer) {
        Schema at = from;
        for (String step : pointer.substring(1).split("/", -1)) {
            if (at == null) {
                return null;
            }
            String name;
            try {
                name = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                name = step;
            }
            at = at.below(name.replace("~1", "/").replace("~0", "~"));
        }
        return at;
    }
}
