package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values described without alternatives: for each type, bounds and parts that must all be met. What is said about one type
 * leaves the others alone.
 *
 * <p>One thread; grows while obligations are worked off, then only read.
 */
final class Shape {

    /** How a number may be: with or without a fraction. */
    enum Fraction {
        ANY,
        WHOLE,
        BROKEN
    }

    /** Keys that match none of {@code patterns} and are none of {@code names} have values that meet the obligation. */
    record Rest(Set<String> names, Set<String> patterns, Obligation value) {}

    /** The items of an array: the first ones one by one, then all others, of which null says nothing. */
    record Items(List<Obligation> prefix, @Nullable Obligation rest) {}

    /** At least {@code min} and at most {@code max} items meet the obligation. */
    record Contained(Obligation item, int min, int max) {}

    /** A pattern that must be found in a string, or must not. */
    record Match(String source, Pattern pattern, boolean found) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Match match && match.source.equals(source) && match.found == found;
        }

        @Override
        public int hashCode() {
            return Objects.hash(source, found);
        }
    }

    final Set<JsonType> types = EnumSet.allOf(JsonType.class);

    /** Types that keywords spoke about, and whether one named the types outright. */
    final Set<JsonType> mentioned = EnumSet.noneOf(JsonType.class);

    boolean typed;

    /** The scalars it may be; null for any. */
    @Nullable
    Set<JsonNode> allowed;

    final Set<JsonNode> excluded = new HashSet<>();

    Fraction fraction = Fraction.ANY;

    @Nullable
    BigDecimal least;

    @Nullable
    BigDecimal greatest;

    boolean aboveLeast;
    boolean belowGreatest;
    final Set<BigDecimal> divisors = new LinkedHashSet<>();

    int minLength;
    int maxLength = Expression.UNBOUNDED;
    final Set<Match> matches = new LinkedHashSet<>();

    /** Texts of which a string must be words in a row, of each of these lists. */
    final Set<List<String>> copiedFrom = new LinkedHashSet<>();

    int minItems;
    int maxItems = Expression.UNBOUNDED;
    boolean unique;
    final Set<Items> items = new LinkedHashSet<>();
    final Set<Contained> contained = new LinkedHashSet<>();

    int minProperties;
    int maxProperties = Expression.UNBOUNDED;

    /** What the values must meet. The sets are never changed, only replaced: copies of a shape share them. */
    final Map<String, Set<Obligation>> properties = new LinkedHashMap<>();

    final Set<String> required = new LinkedHashSet<>();
    final Set<String> forbidden = new LinkedHashSet<>();

    /** By pattern, as {@link #properties} by name. */
    final Map<String, Set<Obligation>> patternProperties = new LinkedHashMap<>();

    final Set<Rest> rests = new LinkedHashSet<>();
    final Set<Obligation> propertyNames = new LinkedHashSet<>();

    Shape copy() {
        Shape copy = new Shape();
        copy.types.retainAll(types);
        copy.mentioned.addAll(mentioned);
        copy.typed = typed;
        copy.allowed = allowed;
        copy.excluded.addAll(excluded);
        copy.fraction = fraction;
        copy.least = least;
        copy.greatest = greatest;
        copy.aboveLeast = aboveLeast;
        copy.belowGreatest = belowGreatest;
        copy.divisors.addAll(divisors);
        copy.minLength = minLength;
        copy.maxLength = maxLength;
        copy.matches.addAll(matches);
        copy.copiedFrom.addAll(copiedFrom);
        copy.minItems = minItems;
        copy.maxItems = maxItems;
        copy.unique = unique;
        copy.items.addAll(items);
        copy.contained.addAll(contained);
        copy.minProperties = minProperties;
        copy.maxProperties = maxProperties;
        copy.properties.putAll(properties);
        copy.required.addAll(required);
        copy.forbidden.addAll(forbidden);
        copy.patternProperties.putAll(patternProperties);
        copy.rests.addAll(rests);
        copy.propertyNames.addAll(propertyNames);
        return copy;
    }

    void only(Set<JsonType> named, Fraction among) {
        types.retainAll(named);
        typed = true;
        if (fraction == Fraction.ANY) {
            fraction = among;
        } else if (among != Fraction.ANY && among != fraction) {
            types.remove(JsonType.NUMBER);
        }
    }

    /** Only this type, because of something that is said about it. */
    void become(JsonType type) {
        types.retainAll(Set.of(type));
        mentioned.add(type);
    }

    void allow(Set<JsonNode> scalars) {
        Set<JsonNode> both = new LinkedHashSet<>(scalars);
        if (allowed != null) {
            both.retainAll(allowed);
        }
        allowed = both;
        typed = true;
    }

    void atLeast(BigDecimal bound, boolean exclusive) {
        mentioned.add(JsonType.NUMBER);
        int order = least == null ? 1 : bound.compareTo(least);
        if (order > 0) {
            least = bound;
            aboveLeast = exclusive;
        } else if (order == 0) {
            aboveLeast |= exclusive;
        }
    }

    void atMost(BigDecimal bound, boolean exclusive) {
        mentioned.add(JsonType.NUMBER);
        int order = greatest == null ? -1 : bound.compareTo(greatest);
        if (order < 0) {
            greatest = bound;
            belowGreatest = exclusive;
        } else if (order == 0) {
            belowGreatest |= exclusive;
        }
    }

    void lengths(int min, int max) {
        mentioned.add(JsonType.STRING);
        minLength = Math.max(minLength, min);
        maxLength = Math.min(maxLength, max);
    }

    void itemCounts(int min, int max) {
        mentioned.add(JsonType.ARRAY);
        minItems = Math.max(minItems, min);
        maxItems = Math.min(maxItems, max);
    }

    void propertyCounts(int min, int max) {
        mentioned.add(JsonType.OBJECT);
        minProperties = Math.max(minProperties, min);
        maxProperties = Math.min(maxProperties, max);
    }

    void property(String name, Obligation value) {
        mentioned.add(JsonType.OBJECT);
        if (value.isImpossible()) {
            forbidden.add(name);
        }
        add(properties, name, value.isTrivial() ? Set.of() : Set.of(value));
    }

    void patternProperty(String pattern, Obligation value) {
        mentioned.add(JsonType.OBJECT);
        add(patternProperties, pattern, Set.of(value));
    }

    private static void add(Map<String, Set<Obligation>> to, String key, Set<Obligation> values) {
        to.merge(key, values, (before, more) -> {
            if (before.containsAll(more)) {
                return before;
            }
            Set<Obligation> both = new LinkedHashSet<>(before);
            both.addAll(more);
            return both;
        });
    }

    void require(String name) {
        mentioned.add(JsonType.OBJECT);
        required.add(name);
    }

    void forbid(String name) {
        forbidden.add(name);
    }

    /** Takes out types and values of which one sees at once that they cannot be met. */
    void settle() {
        boolean emptyNumbers = least != null
                && greatest != null
                && (least.compareTo(greatest) > 0 || (least.compareTo(greatest) == 0 && (aboveLeast || belowGreatest)));
        dropIf(emptyNumbers, JsonType.NUMBER);
        dropIf(minLength > maxLength, JsonType.STRING);
        dropIf(minItems > maxItems, JsonType.ARRAY);
        dropIf(minProperties > maxProperties || required.size() > maxProperties, JsonType.OBJECT);
        dropIf(required.stream().anyMatch(forbidden::contains), JsonType.OBJECT);
        dropIf(excluded.contains(NullNode.instance), JsonType.NULL);
        dropIf(excluded.contains(BooleanNode.TRUE) && excluded.contains(BooleanNode.FALSE), JsonType.BOOLEAN);
        Set<JsonNode> scalars = allowed;
        if (scalars != null) {
            Set<JsonNode> left = new LinkedHashSet<>();
            Set<JsonType> found = EnumSet.noneOf(JsonType.class);
            for (JsonNode scalar : scalars) {
                if (mayBe(scalar)) {
                    left.add(scalar);
                    found.add(JsonType.of(scalar));
                }
            }
            allowed = left;
            types.retainAll(found);
        }
    }

    private void dropIf(boolean impossible, JsonType type) {
        if (impossible) {
            types.remove(type);
        }
    }

    private boolean mayBe(JsonNode scalar) {
        if (!types.contains(JsonType.of(scalar)) || excluded.contains(scalar)) {
            return false;
        }
        if (scalar.isNumber()) {
            BigDecimal value = scalar.decimalValue();
            boolean low = least != null && value.compareTo(least) < (aboveLeast ? 1 : 0);
            boolean high = greatest != null && value.compareTo(greatest) > (belowGreatest ? -1 : 0);
            boolean kind = fraction == Fraction.ANY || JsonValues.isWhole(scalar) == (fraction == Fraction.WHOLE);
            boolean multiple = divisors.stream()
                    .allMatch(divisor -> value.remainder(divisor).signum() == 0);
            return !low && !high && kind && multiple;
        }
        if (scalar.isTextual()) {
            int length = scalar.textValue().codePointCount(0, scalar.textValue().length());
            return length >= minLength && length <= maxLength;
        }
        return true;
    }

    /** Everything that is said, for comparing. */
    List<Object> facts() {
        List<Object> facts = new ArrayList<>(List.of(types, excluded, fraction, divisors, matches, items, contained));
        facts.add(allowed == null ? "any" : allowed);
        facts.add(least == null ? "none" : least);
        facts.add(greatest == null ? "none" : greatest);
        facts.addAll(List.of(aboveLeast, belowGreatest, minLength, maxLength, minItems, maxItems, unique));
        facts.addAll(List.of(minProperties, maxProperties, properties, required, forbidden, patternProperties, rests));
        facts.addAll(List.of(propertyNames, copiedFrom));
        return facts;
    }

    /** Items of which the first {@code count} positions are spoken of one by one. */
    int prefixLength() {
        return items.stream().mapToInt(each -> each.prefix().size()).max().orElse(0);
    }

    /** What the item at {@code index} must meet. */
    Set<Obligation> itemAt(int index) {
        Set<Obligation> all = new LinkedHashSet<>();
        for (Items each : items) {
            Obligation here = index < each.prefix().size() ? each.prefix().get(index) : each.rest();
            if (here != null && !here.isTrivial()) {
                all.add(here);
            }
        }
        return all;
    }
}
