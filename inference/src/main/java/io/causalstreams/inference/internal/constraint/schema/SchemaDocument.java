package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A schema document: its draft, and what the references in it lead to. Nothing is fetched. */
final class SchemaDocument {

    private final Schema root;
    private final SchemaNames names;
    private final Map<Reference, Schema> resolved = new HashMap<>();

    private record Reference(Schema from, String keyword) {}

    SchemaDocument(JsonNode json) {
        this.root = Schema.root(json);
        this.names = new SchemaNames(root);
    }

    Schema root() {
        return root;
    }

    /** Whether keywords beside {@code $ref} mean nothing, as up to draft 7. */
    boolean referencesStandAlone() {
        return root.draft().referencesStandAlone();
    }

    /** Whether the document says which draft it is written in. */
    boolean hasDraft() {
        return root.draft() != Draft.UNSAID;
    }

    /**
     * What a reference at {@code from} leads to; references in a row are followed to the end.
     *
     * @throws UnsupportedConstraintException if it does not lead into this document, or back to itself, or to several places
     */
    Schema resolve(Schema from, String keyword) {
        Reference reference = new Reference(from, keyword);
        Schema known = resolved.get(reference);
        if (known == null) {
            known = follow(from, keyword);
            resolved.put(reference, known);
        }
        return known;
    }

    private Schema follow(Schema from, String keyword) {
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
        String reference = String.valueOf(from.keywords().text(keyword));
        Schema first = target(from, keyword, reference);
        String anchor = reference.substring(reference.indexOf('#') + 1);
        if (keyword.equals("$dynamicRef")
                && first.json().path("$dynamicAnchor").asText().equals(anchor)) {
            return outermost(first, names.dynamic(anchor), from, keyword);
        } else if (keyword.equals("$recursiveRef")
                && first.json().path("$recursiveAnchor").asBoolean()) {
            return outermost(first, names.recursive(), from, keyword);
        }
        return first;
    }

    /**
     * Where a reference leads that goes to the first of its targets that one came through on the way to it: to the root's, for
     * there every way begins, or to the only one.
     */
    private Schema outermost(Schema first, List<Schema> targets, Schema from, String keyword) {
        URI outer = Schema.withoutFragment(root.base());
        for (Schema target : targets) {
            if (Schema.withoutFragment(target.base()).equals(outer)) {
                return target;
            }
        }
        if (targets.size() > 1) {
            throw from.keywords().unsupported(keyword, "leads to different schemas on different ways to it; use $ref");
        }
        return first;
    }

    private Schema target(Schema from, String keyword, String reference) {
        Schema found = null;
        if (reference.startsWith("#/")) {
            found = walk(resource(from), reference.substring(1));
            found = found == null ? walk(root, reference.substring(1)) : found;
        } else {
            URI uri = Schema.resolve(from.base(), reference);
            if (uri != null) {
                found = names.get(uri);
                String fragment = uri.getRawFragment();
                Schema resource = names.get(Schema.withoutFragment(uri));
                if (found == null && resource != null && (fragment == null || fragment.isEmpty())) {
                    found = resource;
                } else if (found == null && resource != null && fragment != null && fragment.startsWith("/")) {
                    found = walk(resource, fragment);
                }
            }
        }
        if (found == null) {
            throw from.keywords()
                    .unsupported(
                            keyword, "is '" + reference + "', which leads nowhere in this schema; put it into $defs");
        }
        return found;
    }

    private Schema resource(Schema from) {
        return Objects.requireNonNullElse(names.get(Schema.withoutFragment(from.base())), root);
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
