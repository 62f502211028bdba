package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.GrammarCheck;
import io.causalstreams.inference.internal.constraint.expression.Rule;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles a JSON Schema (2020-12, and what draft 7 has in common with it) to a grammar of values that are valid against it.
 * Not every valid value can be written ({@code docs/structured-output.md} says which are left out), but what is written is
 * valid. A keyword that is not understood is refused, never ignored.
 */
public final class SchemaCompiler {

    private static final int MAX_DEPTH = 100;

    /** Schemas compiled or merged: references can make a short text stand for very many. */
    private static final int MAX_WORK = 10_000;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaReferences references;
    private final StringSchemas strings;
    private final NumberSchemas numbers;
    private final ArraySchemas arrays;
    private final ObjectSchemas objects;
    private final EnumSchemas enums;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private int depth;
    private int work;

    private SchemaCompiler(JsonNode root, Expressions expressions) {
        this.expressions = expressions;
        this.json = new JsonGrammar(expressions);
        this.references = new SchemaReferences(root);
        this.strings = new StringSchemas(expressions, json);
        this.numbers = new NumberSchemas(expressions, json);
        this.arrays = new ArraySchemas(expressions, json, this);
        this.objects = new ObjectSchemas(expressions, json, this);
        this.enums = new EnumSchemas(expressions, json);
    }

    /**
     * The values of a schema.
     *
     * @throws UnsupportedConstraintException if it is no schema, uses what is not supported, or no finite value meets it
     */
    public static Expression compile(String schema, Expressions expressions) {
        JsonNode root;
        try {
            root = MAPPER.readTree(schema);
        } catch (JsonProcessingException e) {
            throw new UnsupportedConstraintException("the schema is not JSON: " + e.getOriginalMessage());
        }
        SchemaCompiler compiler = new SchemaCompiler(root, expressions);
        Rule start = compiler.rule("$", root);
        while (!compiler.pending.isEmpty()) {
            compiler.pending.pop().run();
        }
        List<Rule> all = new ArrayList<>(compiler.rules.values());
        all.add(compiler.json.anyValueRule());
        new GrammarCheck(expressions, all).run();
        if (start.body() == Expressions.NEVER) {
            throw new UnsupportedConstraintException("the schema admits no finite value");
        }
        return expressions.reference(start);
    }

    /** The rule of a schema that is referred to; its body is compiled later, so that it may refer to itself. */
    private Rule rule(String path, JsonNode schema) {
        Rule known = rules.get(path);
        if (known != null) {
            return known;
        }
        Rule rule = new Rule(path);
        rules.put(path, rule);
        pending.push(() -> rule.define(compile(schema, path)));
        return rule;
    }

    /** The values valid against a schema found at {@code path}. */
    public Expression compile(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            return schema.booleanValue() ? json.anyValue() : Expressions.NEVER;
        }
        if (!(schema instanceof ObjectNode object)) {
            throw new UnsupportedConstraintException("the schema at " + path + " must be an object or a boolean");
        }
        if (++depth > MAX_DEPTH) {
            throw new UnsupportedConstraintException("the schema at " + path + " is nested deeper than " + MAX_DEPTH);
        }
        countWork(1);
        SchemaNode node = new SchemaNode(object, path);
        node.checkKeywords();
        Expression result = compile(node.assertionsWithout());
        depth--;
        return result;
    }

    private Expression compile(SchemaNode node) {
        if (node.has("$ref") && node.json().size() == 1) {
            SchemaReferences.Target target = references.resolve(node);
            return expressions.reference(rule(target.path(), target.schema()));
        }
        if (node.has("allOf") && node.json().size() == 1 && node.list("allOf").size() == 1) {
            return compile(node.list("allOf").get(0), node.pathOf("allOf") + "[0]");
        }
        SchemaNode flat = flatten(node, 0);
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (flat.has(keyword)) {
                return alternatives(flat, keyword);
            }
        }
        if (flat.has("const") || flat.has("enum")) {
            JsonNode listed = flat.get("enum");
            countWork(listed == null ? 0 : listed.size() / 20);
            SchemaNode rest = flat.assertionsWithout("const", "enum", "type");
            Expression others = rest.isEmpty() ? null : ofTypes(flat.assertionsWithout("const", "enum"));
            return enums.compile(flat, others);
        }
        return ofTypes(flat);
    }

    /** The schema without {@code allOf} and {@code $ref} at its top. */
    private SchemaNode flatten(SchemaNode node, int steps) {
        if (steps > MAX_DEPTH) {
            throw node.unsupported(
                    "$ref", "includes itself, or more than " + MAX_DEPTH + " others, by references and allOf");
        }
        if (!node.has("$ref") && !node.has("allOf")) {
            return node;
        }
        countWork(1);
        SchemaNode result = node.assertionsWithout("$ref", "allOf");
        if (node.has("$ref")) {
            SchemaReferences.Target target = references.resolve(node);
            result = SchemaMerger.merge(result, flatten(part(target.schema(), target.path()), steps + 1));
        }
        if (node.has("allOf")) {
            List<JsonNode> parts = node.list("allOf");
            for (int i = 0; i < parts.size(); i++) {
                SchemaNode part = part(parts.get(i), node.pathOf("allOf") + "[" + i + "]");
                result = SchemaMerger.merge(result, flatten(part, steps + 1));
            }
        }
        return result;
    }

    private void countWork(int parts) {
        work += parts;
        if (work > MAX_WORK) {
            throw new UnsupportedConstraintException(
                    "the schema is too large: with its references followed it has more than " + MAX_WORK + " parts");
        }
    }

    private static SchemaNode part(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            ObjectNode same = JsonNodeFactory.instance.objectNode();
            if (!schema.booleanValue()) {
                same.putArray("type");
            }
            return new SchemaNode(same, path);
        }
        if (!(schema instanceof ObjectNode object)) {
            throw new UnsupportedConstraintException("the schema at " + path + " must be an object or a boolean");
        }
        SchemaNode node = new SchemaNode(object, path);
        node.checkKeywords();
        return node.assertionsWithout();
    }

    private Expression alternatives(SchemaNode node, String keyword) {
        SchemaNode base = node.assertionsWithout(keyword);
        List<JsonNode> branches = new ArrayList<>();
        List<JsonNode> schemas = node.list(keyword);
        for (int i = 0; i < schemas.size(); i++) {
            JsonNode schema = schemas.get(i);
            SchemaNode branch = part(schema, node.pathOf(keyword) + "[" + i + "]");
            branches.add(
                    base.isEmpty()
                            ? schema
                            : SchemaMerger.merge(base, flatten(branch, 0)).json());
        }
        if (keyword.equals("oneOf")) {
            new OneOfCheck((schema, path) -> flatten(part(schema, path), 0)).check(node, branches);
        }
        List<Expression> compiled = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            compiled.add(compile(branches.get(i), node.pathOf(keyword) + "[" + i + "]"));
        }
        return expressions.union(compiled);
    }

    private Expression ofTypes(SchemaNode node) {
        Set<String> types = JsonTypes.of(node);
        boolean anything = types.size() >= 6 && node.assertionsWithout("type").isEmpty();
        if (anything) {
            return json.anyValue();
        }
        List<Expression> branches = new ArrayList<>();
        for (String type : types) {
            branches.add(
                    switch (type) {
                        case "string" -> strings.compile(node);
                        case "integer" -> numbers.integer(node);
                        case "number" -> numbers.number(node);
                        case "boolean" -> json.literals(List.of("true", "false"));
                        case "null" -> json.literals(List.of("null"));
                        case "array" ->
                            node.hasAny(SchemaNode.ARRAY_KEYWORDS)
                                    ? arrays.compile(node)
                                    : json.array(json.anyValue(), 0, UNBOUNDED);
                        default -> node.hasAny(SchemaNode.OBJECT_KEYWORDS) ? objects.compile(node) : json.anyObject();
                    });
        }
        return expressions.union(branches);
    }
}
