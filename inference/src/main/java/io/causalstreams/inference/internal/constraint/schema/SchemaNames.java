package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the schemas of a document are called: by their {@code $id}, or by base and anchor. Schemas below keywords that no draft
 * knows have names too, as long as no other schema has them.
 */
final class SchemaNames {

    private static final Set<String> SCHEMAS = Set.of(
            "items",
            "additionalItems",
            "unevaluatedItems",
            "prefixItems",
            "contains",
            "additionalProperties",
            "unevaluatedProperties",
            "propertyNames",
            "contentSchema",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else");
    private static final Set<String> NAMED_SCHEMAS =
            Set.of("$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies");
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples", "example");
    private static final int MAX_DEPTH = 500;

    private final Map<URI, Schema> named = new HashMap<>();
    private final Map<String, List<Schema>> dynamic = new HashMap<>();
    private final List<Schema> recursive = new ArrayList<>();
    private final Deque<Schema> elsewhere = new ArrayDeque<>();

    SchemaNames(Schema root) {
        named.put(Schema.NO_BASE, root);
        schema(root, 0);
        while (!elsewhere.isEmpty()) {
            anything(elsewhere.pop(), 0);
        }
    }

    /** The schema of this name, without the empty fragment. */
    @Nullable
    Schema get(URI name) {
        return named.get(name);
    }

    /** The schemas with this {@code $dynamicAnchor}, one a resource. */
    List<Schema> dynamic(String anchor) {
        return dynamic.getOrDefault(anchor, List.of());
    }

    /** The schemas with {@code $recursiveAnchor}. */
    List<Schema> recursive() {
        return recursive;
    }

    private void schema(Schema at, int depth) {
        JsonNode json = at.json();
        if (!json.isObject()) {
            return;
        }
        check(depth);
        name(at);
        if (json.path("$dynamicAnchor").isTextual()) {
            dynamic.computeIfAbsent(json.path("$dynamicAnchor").textValue(), anchor -> new ArrayList<>())
                    .add(at);
        }
        if (json.path("$recursiveAnchor").asBoolean()) {
            recursive.add(at);
        }
        for (Iterator<String> keywords = json.fieldNames(); keywords.hasNext(); ) {
            String keyword = keywords.next();
            Schema value = at.at(keyword);
            if (NAMED_SCHEMAS.contains(keyword)
                    || (SCHEMAS.contains(keyword) && value.json().isArray())) {
                value.all().forEach(each -> schema(each, depth + 2));
            } else if (SCHEMAS.contains(keyword)) {
                schema(value, depth + 1);
            } else if (!VALUES.contains(keyword)) {
                elsewhere.add(value);
            }
        }
    }

    private void anything(Schema at, int depth) {
        check(depth);
        if (at.json().isObject()) {
            name(at);
        }
        at.all().forEach(each -> anything(each, depth + 1));
    }

    private static void check(int depth) {
        if (depth > MAX_DEPTH) {
            throw new UnsupportedConstraintException("the schema is nested deeper than " + MAX_DEPTH);
        }
    }

    private void name(Schema at) {
        if (!at.draft().idOf(at.json()).isEmpty()) {
            named.putIfAbsent(Schema.withoutFragment(at.base()), at);
            named.putIfAbsent(at.base(), at);
        }
        for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
            if (at.json().path(keyword).isTextual()) {
                URI name =
                        Schema.resolve(at.base(), "#" + at.json().path(keyword).asText());
                if (name != null) {
                    named.putIfAbsent(name, at);
                }
            }
        }
    }
}
