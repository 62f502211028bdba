package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import io.causalstreams.inference.internal.constraint.schema.Branch.Way;
import io.causalstreams.inference.internal.constraint.schema.Shape.Contained;
import io.causalstreams.inference.internal.constraint.schema.Shape.Fraction;
import io.causalstreams.inference.internal.constraint.schema.Shape.Items;
import io.causalstreams.inference.internal.constraint.schema.Shape.Match;
import io.causalstreams.inference.internal.constraint.schema.Shape.Rest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the keywords of a schema that holds say. Keywords of no draft say nothing: they are annotations. */
final class Assertions {

    private final SchemaDocument document;
    private final Tableau tableau;
    private final @Nullable List<String> texts;

    /** @param texts of the request; null = it has none */
    Assertions(SchemaDocument document, Tableau tableau, @Nullable List<String> texts) {
        this.document = document;
        this.tableau = tableau;
        this.texts = texts;
    }

    /** Works {@code self}, which holds, into the branch. */
    void add(Obligation self, Branch branch) {
        Schema schema = self.schema();
        Keywords keywords = schema.keywords();
        for (String keyword : new String[] {"$ref", "$dynamicRef", "$recursiveRef"}) {
            if (keywords.has(keyword)) {
                branch.add(self, Obligation.holds(document.resolve(schema, keyword)));
            }
        }
        if (keywords.has("$ref") && document.referencesStandAlone()) {
            return;
        }
        types(keywords, branch.shape);
        values(self, keywords, branch);
        numbers(keywords, branch.shape);
        strings(keywords, branch.shape);
        verbatim(keywords, branch.shape);
        arrays(schema, keywords, branch.shape);
        objects(schema, keywords, branch.shape);
        combinations(self, keywords, branch);
        dependencies(self, keywords, branch);
    }

    /** The types named, and whether numbers among them must be whole. */
    private void types(Keywords keywords, Shape shape) {
        Set<JsonType> named = EnumSet.noneOf(JsonType.class);
        if (keywords.has("type")) {
            Fraction fraction = typesOf(keywords, named);
            if (keywords.has("nullable") && keywords.flag("nullable") && !document.hasDraft()) {
                named.add(JsonType.NULL);
            }
            shape.only(named, fraction);
        }
    }

    static Fraction typesOf(Keywords keywords, Set<JsonType> named) {
        JsonNode type = keywords.get("type");
        boolean whole = false;
        boolean any = false;
        for (JsonNode name : type != null && type.isArray()
                ? type
                : keywords.json().arrayNode().add(type)) {
            switch (name.asText()) {
                case "string" -> named.add(JsonType.STRING);
                case "integer" -> whole = true;
                case "number" -> any = true;
                case "boolean" -> named.add(JsonType.BOOLEAN);
                case "null" -> named.add(JsonType.NULL);
                case "array" -> named.add(JsonType.ARRAY);
                case "object" -> named.add(JsonType.OBJECT);
                default ->
                    throw keywords.unsupported(
                            "type",
                            "is " + name + "; it must be one of string, number, integer, boolean, null, array, object");
            }
        }
        if (whole || any) {
            named.add(JsonType.NUMBER);
        }
        return whole && !any ? Fraction.WHOLE : Fraction.ANY;
    }

    private static void values(Obligation self, Keywords keywords, Branch branch) {
        for (String keyword : new String[] {"const", "enum"}) {
            if (!keywords.has(keyword)) {
                continue;
            }
            Values values = Values.of(self.schema(), keyword);
            if (values.containers().isEmpty()) {
                branch.shape.allow(values.scalars());
                continue;
            }
            List<Way> ways = new ArrayList<>();
            if (!values.scalars().isEmpty()) {
                ways.add(Way.of(shape -> shape.allow(values.scalars())));
            }
            values.containers().forEach(container -> ways.add(Way.of(Obligation.holds(container))));
            branch.choose(self, ways);
        }
    }

    private static void numbers(Keywords keywords, Shape shape) {
        // Up to draft 4 exclusiveMinimum is a flag for minimum.
        JsonNode above = keywords.get("exclusiveMinimum");
        JsonNode below = keywords.get("exclusiveMaximum");
        BigDecimal least = keywords.number("minimum");
        if (least != null) {
            shape.atLeast(least, above != null && above.asBoolean(false) && above.isBoolean());
        }
        BigDecimal greatest = keywords.number("maximum");
        if (greatest != null) {
            shape.atMost(greatest, below != null && below.asBoolean(false) && below.isBoolean());
        }
        BigDecimal strictLeast = above == null || above.isBoolean() ? null : keywords.number("exclusiveMinimum");
        if (strictLeast != null) {
            shape.atLeast(strictLeast, true);
        }
        BigDecimal strictGreatest = below == null || below.isBoolean() ? null : keywords.number("exclusiveMaximum");
        if (strictGreatest != null) {
            shape.atMost(strictGreatest, true);
        }
        BigDecimal step = keywords.number("multipleOf");
        if (step != null) {
            if (step.signum() <= 0) {
                throw keywords.unsupported("multipleOf", "must be greater than 0");
            }
            shape.mentioned.add(JsonType.NUMBER);
            shape.divisors.add(step);
        }
    }

    private static void strings(Keywords keywords, Shape shape) {
        if (keywords.has("minLength") || keywords.has("maxLength")) {
            shape.lengths(keywords.count("minLength", 0), keywords.count("maxLength", Expression.UNBOUNDED));
        }
        String pattern = keywords.text("pattern");
        if (pattern != null) {
            shape.mentioned.add(JsonType.STRING);
            shape.matches.add(new Match(pattern, parse(keywords, "pattern", pattern), true));
        }
        JsonNode format = keywords.get("format");
        Pattern formatted = format == null ? null : Formats.pattern(format.asText());
        if (format != null && formatted != null) {
            shape.mentioned.add(JsonType.STRING);
            shape.matches.add(new Match("format " + format.asText(), formatted, true));
        }
    }

    private void verbatim(Keywords keywords, Shape shape) {
        JsonNode verbatim = keywords.get(Keywords.VERBATIM);
        if (verbatim == null || (verbatim.isBoolean() && !verbatim.booleanValue())) {
            return;
        }
        shape.mentioned.add(JsonType.STRING);
        if (verbatim.isTextual()) {
            shape.copiedFrom.add(List.of(verbatim.textValue()));
        } else if (!verbatim.isBoolean()) {
            throw keywords.unsupported(Keywords.VERBATIM, "must be true or the text to copy from");
        } else if (texts == null) {
            throw keywords.unsupported(
                    Keywords.VERBATIM, "is true, and the prompt is no text; give the text to copy from in its place");
        } else {
            shape.copiedFrom.add(texts);
        }
    }

    static Pattern parse(Keywords keywords, String keyword, String pattern) {
        try {
            return PatternParser.parseSearch(pattern);
        } catch (UnsupportedConstraintException e) {
            throw keywords.unsupported(keyword, "is refused: " + e.getMessage());
        }
    }

    private static void arrays(Schema schema, Keywords keywords, Shape shape) {
        if (keywords.has("minItems") || keywords.has("maxItems")) {
            shape.itemCounts(keywords.count("minItems", 0), keywords.count("maxItems", Expression.UNBOUNDED));
        }
        if (keywords.has("uniqueItems") && keywords.flag("uniqueItems")) {
            shape.mentioned.add(JsonType.ARRAY);
            shape.unique = true;
        }
        Items items = itemsOf(schema, keywords);
        if (!items.prefix().isEmpty() || items.rest() != null) {
            shape.mentioned.add(JsonType.ARRAY);
            shape.items.add(items);
        }
        if (keywords.has("contains")) {
            shape.mentioned.add(JsonType.ARRAY);
            shape.contained.add(new Contained(
                    Obligation.holds(schema.at("contains")),
                    keywords.count("minContains", 1),
                    keywords.count("maxContains", Expression.UNBOUNDED)));
        }
    }

    /** {@code prefixItems} and {@code items}; up to 2019-09 a list in {@code items} and {@code additionalItems}. */
    static Items itemsOf(Schema schema, Keywords keywords) {
        JsonNode items = keywords.get("items");
        boolean list = items != null && items.isArray();
        String first = list ? "items" : "prefixItems";
        String rest = list ? "additionalItems" : "items";
        List<Obligation> prefix = new ArrayList<>();
        for (int i = 0; i < keywords.list(first).size(); i++) {
            prefix.add(Obligation.holds(schema.at(first).at(String.valueOf(i))));
        }
        return new Items(prefix, keywords.has(rest) ? Obligation.holds(schema.at(rest)) : null);
    }

    private static void objects(Schema schema, Keywords keywords, Shape shape) {
        for (String name : keywords.members("properties")) {
            shape.property(name, Obligation.holds(schema.at("properties").at(name)));
        }
        if (keywords.has("properties")) {
            shape.mentioned.add(JsonType.OBJECT);
        }
        JsonNode required = keywords.get("required");
        if (required != null && !required.isBoolean()) { // a flag of draft 3
            keywords.names("required").forEach(shape::require);
        }
        for (String pattern : keywords.members("patternProperties")) {
            shape.patternProperty(
                    pattern, Obligation.holds(schema.at("patternProperties").at(pattern)));
        }
        if (keywords.has("additionalProperties")) {
            shape.mentioned.add(JsonType.OBJECT);
            shape.rests.add(new Rest(
                    Set.copyOf(keywords.members("properties")),
                    Set.copyOf(keywords.members("patternProperties")),
                    Obligation.holds(schema.at("additionalProperties"))));
        }
        if (keywords.has("propertyNames")) {
            shape.mentioned.add(JsonType.OBJECT);
            shape.propertyNames.add(Obligation.holds(schema.at("propertyNames")));
        }
        if (keywords.has("minProperties") || keywords.has("maxProperties")) {
            shape.propertyCounts(
                    keywords.count("minProperties", 0), keywords.count("maxProperties", Expression.UNBOUNDED));
        }
    }

    private void combinations(Obligation self, Keywords keywords, Branch branch) {
        Schema schema = self.schema();
        for (Obligation part : Parts.of(schema, keywords, "allOf")) {
            branch.add(self, part);
        }
        if (keywords.has("anyOf")) {
            branch.choose(
                    self,
                    Parts.of(schema, keywords, "anyOf").stream().map(Way::of).toList());
        }
        if (keywords.has("oneOf")) {
            branch.choose(self, exactlyOne(Parts.of(schema, keywords, "oneOf")));
        }
        if (keywords.has("not")) {
            branch.add(self, Obligation.fails(schema.at("not")));
        }
        if (keywords.has("if") && (keywords.has("then") || keywords.has("else"))) {
            Obligation condition = Obligation.holds(schema.at("if"));
            branch.choose(
                    self,
                    List.of(
                            keywords.has("then")
                                    ? Way.of(condition, Obligation.holds(schema.at("then")))
                                    : Way.of(condition),
                            keywords.has("else")
                                    ? Way.of(condition.opposite(), Obligation.holds(schema.at("else")))
                                    : Way.of(condition.opposite())));
        }
    }

    /** One holds; those of the others that might hold too must not. */
    private List<Way> exactlyOne(List<Obligation> parts) {
        List<Way> ways = new ArrayList<>();
        for (Obligation one : parts) {
            List<Obligation> all = new ArrayList<>(List.of(one));
            for (Obligation other : parts) {
                if (!other.equals(one) && tableau.overlap(one, other)) {
                    all.add(other.opposite());
                }
            }
            ways.add(new Way(all, shape -> {}));
        }
        return ways;
    }

    private static void dependencies(Obligation self, Keywords keywords, Branch branch) {
        for (String keyword : new String[] {"dependentRequired", "dependentSchemas", "dependencies"}) {
            for (String name : keywords.members(keyword)) {
                Schema dependency = self.schema().at(keyword).at(name);
                JsonNode json = dependency.json();
                boolean names = json.isArray() || json.isTextual();
                Way with = new Way(names ? List.of() : List.of(Obligation.holds(dependency)), shape -> {
                    shape.become(JsonType.OBJECT);
                    shape.require(name);
                    if (names) {
                        (json.isArray() ? json : keywords.json().arrayNode().add(json))
                                .forEach(each -> shape.require(each.asText()));
                    }
                });
                branch.choose(self, List.of(with, Way.of(shape -> shape.forbid(name))));
            }
        }
    }

    /** {@code unevaluatedProperties} and {@code unevaluatedItems}: what none of the schemas met for this value speaks of. */
    void closeUnevaluated(Branch branch) {
        for (Obligation self : List.copyOf(branch.met)) {
            if (!self.holds()) {
                continue;
            }
            Schema schema = self.schema();
            if (schema.keywords().has("unevaluatedProperties")) {
                Set<String> names = new LinkedHashSet<>();
                Set<String> patterns = new LinkedHashSet<>();
                boolean all = false;
                for (Obligation other : branch.family(self)) {
                    Keywords keywords = other.schema().keywords();
                    names.addAll(keywords.members("properties"));
                    patterns.addAll(keywords.members("patternProperties"));
                    all |= keywords.has("additionalProperties")
                            || (!other.equals(self) && keywords.has("unevaluatedProperties"));
                }
                if (!all) {
                    branch.shape.rests.add(
                            new Rest(names, patterns, Obligation.holds(schema.at("unevaluatedProperties"))));
                }
            }
            if (schema.keywords().has("unevaluatedItems")) {
                int prefix = 0;
                boolean all = false;
                for (Obligation other : branch.family(self)) {
                    Items items = itemsOf(other.schema(), other.schema().keywords());
                    prefix = Math.max(prefix, items.prefix().size());
                    all |= items.rest() != null
                            || (!other.equals(self) && other.schema().keywords().has("unevaluatedItems"));
                }
                if (!all) {
                    Obligation anything = Obligation.holds(schema.written(BooleanNode.TRUE, "true"));
                    branch.shape.items.add(new Items(
                            Collections.nCopies(prefix, anything), Obligation.holds(schema.at("unevaluatedItems"))));
                }
            }
        }
    }
}
