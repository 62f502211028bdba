package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.schema.Branch.Way;
import io.causalstreams.inference.internal.constraint.schema.Shape.Contained;
import io.causalstreams.inference.internal.constraint.schema.Shape.Fraction;
import io.causalstreams.inference.internal.constraint.schema.Shape.Items;
import io.causalstreams.inference.internal.constraint.schema.Shape.Match;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The ways in which a value can break a schema, one for each of its keywords. A keyword whose breach cannot be written
 * ({@code format}, {@code uniqueItems}, {@code x-verbatim}, {@code patternProperties}, {@code propertyNames}, those of
 * unevaluated parts) adds none: that narrows what is written, but never makes it wrong.
 */
final class Violations {

    private static final int MAX_PAIRS = 100;

    private final SchemaDocument document;

    Violations(SchemaDocument document) {
        this.document = document;
    }

    List<Way> of(Schema schema) {
        Keywords keywords = schema.keywords();
        List<Way> ways = new ArrayList<>();
        if (keywords.has("$ref")) {
            ways.add(Way.of(Obligation.fails(document.resolve(schema, "$ref"))));
            if (document.referencesStandAlone()) {
                return ways;
            }
        }
        types(keywords, ways);
        values(schema, keywords, ways);
        numbers(keywords, ways);
        strings(keywords, ways);
        arrays(schema, keywords, ways);
        objects(schema, keywords, ways);
        combinations(schema, keywords, ways);
        return ways;
    }

    private static void types(Keywords keywords, List<Way> ways) {
        if (!keywords.has("type")) {
            return;
        }
        Set<JsonType> named = EnumSet.noneOf(JsonType.class);
        Fraction fraction = Assertions.typesOf(keywords, named);
        if (keywords.has("nullable") && keywords.flag("nullable")) {
            named.add(JsonType.NULL);
        }
        Set<JsonType> others = EnumSet.complementOf(EnumSet.copyOf(named));
        ways.add(Way.of(shape -> shape.types.retainAll(others)));
        if (fraction == Fraction.WHOLE) {
            ways.add(Way.of(shape -> shape.only(Set.of(JsonType.NUMBER), Fraction.BROKEN)));
        }
    }

    private static void values(Schema schema, Keywords keywords, List<Way> ways) {
        for (String keyword : new String[] {"const", "enum"}) {
            if (keywords.has(keyword)) {
                Values values = Values.of(schema, keyword);
                ways.add(new Way(
                        values.containers().stream().map(Obligation::fails).toList(),
                        shape -> shape.excluded.addAll(values.scalars())));
            }
        }
    }

    private static void numbers(Keywords keywords, List<Way> ways) {
        JsonNode above = keywords.get("exclusiveMinimum");
        JsonNode below = keywords.get("exclusiveMaximum");
        boolean aboveFlag = above != null && above.isBoolean() && above.booleanValue();
        boolean belowFlag = below != null && below.isBoolean() && below.booleanValue();
        BigDecimal least = keywords.number("minimum");
        if (least != null) {
            ways.add(as(JsonType.NUMBER, shape -> shape.atMost(least, !aboveFlag)));
        }
        BigDecimal greatest = keywords.number("maximum");
        if (greatest != null) {
            ways.add(as(JsonType.NUMBER, shape -> shape.atLeast(greatest, !belowFlag)));
        }
        if (above != null && above.isNumber()) {
            ways.add(as(JsonType.NUMBER, shape -> shape.atMost(above.decimalValue(), false)));
        }
        if (below != null && below.isNumber()) {
            ways.add(as(JsonType.NUMBER, shape -> shape.atLeast(below.decimalValue(), false)));
        }
    }

    private static void strings(Keywords keywords, List<Way> ways) {
        int min = keywords.count("minLength", 0);
        int max = keywords.count("maxLength", Expression.UNBOUNDED);
        if (min > 0) {
            ways.add(as(JsonType.STRING, shape -> shape.lengths(0, min - 1)));
        }
        if (max < Expression.UNBOUNDED) {
            ways.add(as(JsonType.STRING, shape -> shape.lengths(max + 1, Expression.UNBOUNDED)));
        }
        String pattern = keywords.text("pattern");
        if (pattern != null) {
            Match match = new Match(pattern, Assertions.parse(keywords, "pattern", pattern), false);
            ways.add(as(JsonType.STRING, shape -> shape.matches.add(match)));
        }
    }

    private static void arrays(Schema schema, Keywords keywords, List<Way> ways) {
        int min = keywords.count("minItems", 0);
        int max = keywords.count("maxItems", Expression.UNBOUNDED);
        if (min > 0) {
            ways.add(as(JsonType.ARRAY, shape -> shape.itemCounts(0, min - 1)));
        }
        if (max < Expression.UNBOUNDED) {
            ways.add(as(JsonType.ARRAY, shape -> shape.itemCounts(max + 1, Expression.UNBOUNDED)));
        }
        Items items = Assertions.itemsOf(schema, keywords);
        Obligation rest = items.rest();
        if (rest != null && items.prefix().isEmpty() && !rest.isTrivial()) {
            Contained other = new Contained(rest.opposite(), 1, Expression.UNBOUNDED);
            ways.add(as(JsonType.ARRAY, shape -> shape.contained.add(other)));
        } else if (rest != null && rest.isImpossible()) {
            ways.add(as(JsonType.ARRAY, shape -> shape.itemCounts(items.prefix().size() + 1, Expression.UNBOUNDED)));
        }
        for (int i = 0; i < items.prefix().size(); i++) {
            List<Obligation> prefix = new ArrayList<>();
            Obligation anything = Obligation.holds(schema.written(BooleanNode.TRUE, "true"));
            for (int j = 0; j < i; j++) {
                prefix.add(anything);
            }
            prefix.add(items.prefix().get(i).opposite());
            int count = i + 1;
            ways.add(as(JsonType.ARRAY, shape -> {
                shape.itemCounts(count, Expression.UNBOUNDED);
                shape.items.add(new Items(prefix, null));
            }));
        }
        if (keywords.has("contains") && keywords.count("minContains", 1) == 1) {
            Items none = new Items(List.of(), Obligation.fails(schema.at("contains")));
            ways.add(as(JsonType.ARRAY, shape -> shape.items.add(none)));
        }
    }

    private static void objects(Schema schema, Keywords keywords, List<Way> ways) {
        JsonNode required = keywords.get("required");
        if (required != null && !required.isBoolean()) {
            for (String name : keywords.names("required")) {
                ways.add(as(JsonType.OBJECT, shape -> shape.forbid(name)));
            }
        }
        for (String name : keywords.members("properties")) {
            Obligation broken = Obligation.fails(schema.at("properties").at(name));
            if (!broken.isImpossible()) {
                ways.add(as(JsonType.OBJECT, shape -> {
                    shape.require(name);
                    shape.property(name, broken);
                }));
            }
        }
        int min = keywords.count("minProperties", 0);
        int max = keywords.count("maxProperties", Expression.UNBOUNDED);
        if (min > 0) {
            ways.add(as(JsonType.OBJECT, shape -> shape.propertyCounts(0, min - 1)));
        }
        if (max < Expression.UNBOUNDED) {
            ways.add(as(JsonType.OBJECT, shape -> shape.propertyCounts(max + 1, Expression.UNBOUNDED)));
        }
        for (String keyword : new String[] {"dependentRequired", "dependencies"}) {
            for (String name : keywords.members(keyword)) {
                JsonNode needed = schema.at(keyword).at(name).json();
                for (JsonNode other :
                        needed.isArray() ? needed : keywords.json().arrayNode()) {
                    ways.add(as(JsonType.OBJECT, shape -> {
                        shape.require(name);
                        shape.forbid(other.asText());
                    }));
                }
            }
        }
    }

    private static void combinations(Schema schema, Keywords keywords, List<Way> ways) {
        for (Obligation part : Parts.of(schema, keywords, "allOf")) {
            ways.add(Way.of(part.opposite()));
        }
        if (keywords.has("anyOf")) {
            ways.add(none(Parts.of(schema, keywords, "anyOf")));
        }
        if (keywords.has("oneOf")) {
            List<Obligation> parts = Parts.of(schema, keywords, "oneOf");
            ways.add(none(parts));
            for (int i = 0; i < parts.size(); i++) {
                for (int j = i + 1; j < parts.size() && ways.size() < MAX_PAIRS; j++) {
                    ways.add(Way.of(parts.get(i), parts.get(j)));
                }
            }
        }
        if (keywords.has("not")) {
            ways.add(Way.of(Obligation.holds(schema.at("not"))));
        }
        if (keywords.has("if")) {
            Obligation condition = Obligation.holds(schema.at("if"));
            if (keywords.has("then")) {
                ways.add(Way.of(condition, Obligation.fails(schema.at("then"))));
            }
            if (keywords.has("else")) {
                ways.add(Way.of(condition.opposite(), Obligation.fails(schema.at("else"))));
            }
        }
    }

    private static Way none(List<Obligation> parts) {
        return new Way(parts.stream().map(Obligation::opposite).toList(), shape -> {});
    }

    /** A breach that only values of one type can have. */
    private static Way as(JsonType type, Consumer<Shape> restriction) {
        return Way.of(shape -> {
            shape.become(type);
            restriction.accept(shape);
        });
    }
}
