package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.MemberSet;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects: the declared properties in their order, then any others, or all in any order ({@link SchemaOptions}); each class of
 * keys with what its values must meet.
 *
 * <p>Keys fall into classes by the patterns they match; a class is an automaton, the intersection of those patterns, the
 * complements of the others and of the declared names.
 */
final class ObjectSchemas {

    static final int MAX_PROPERTIES = 2_000;
    private static final int MAX_PATTERNS = 8;
    private static final java.util.regex.Pattern ARGUMENT =
            java.util.regex.Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]*");
    private static final int MAX_COUNTED = 40_000;

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaCompiler compiler;
    private final StringSchemas strings;
    private final SchemaOptions options;
    private @Nullable Expression anything;
    private final Map<String, KeyPattern> patterns = new HashMap<>();

    /** What shapes of one object have in common is made once. */
    private final Map<String, Expression> keysByName = new HashMap<>();

    private final Map<KeyClass, Expression> keysByClass = new HashMap<>();
    private final Map<NameMatch, Boolean> matches = new HashMap<>();

    ObjectSchemas(Expressions expressions, JsonGrammar json, SchemaCompiler compiler, SchemaOptions options) {
        this.expressions = expressions;
        this.json = json;
        this.compiler = compiler;
        this.strings = new StringSchemas(expressions, json);
        this.options = options;
    }

    /** A pattern of keys: as it is searched for in a name, and in what is written for it. */
    private record KeyPattern(Expression name, Expression written) {}

    /** Whether a name matches a pattern. */
    private record NameMatch(String pattern, String name) {}

    /** Keys that match of the patterns {@code sources} just those {@code in}, are names that meet {@code names}, and not taken. */
    private record KeyClass(List<String> sources, Set<String> in, Set<String> taken, Set<Obligation> names) {}

    /** @param member its key and value */
    private record Property(Expression member, boolean required) {}

    /** In braces. */
    Expression compile(Shape shape) {
        List<Property> properties = properties(shape, this::key);
        if (properties == null) {
            return Expressions.NEVER;
        }
        Expression further = further(shape, names(shape));
        if (options.anyOrder() && properties.size() + (further == Expressions.NEVER ? 0 : 1) > 1) {
            return inAnyOrder(properties, further, shape);
        }
        return json.object(members(properties, further, shape), mayBeEmpty(shape));
    }

    /** As the arguments of a call by name, {@code a=1, b=2}: the declared properties whose names can stand there. */
    Expression arguments(Shape shape) {
        List<Property> properties =
                properties(shape, name -> ARGUMENT.matcher(name).matches() ? json.argument(name) : Expressions.NEVER);
        if (properties == null) {
            return Expressions.NEVER;
        }
        return expressions.union(
                members(properties, Expressions.NEVER, shape),
                mayBeEmpty(shape) ? Expressions.EMPTY : Expressions.NEVER);
    }

    private static Set<String> names(Shape shape) {
        Set<String> names = new LinkedHashSet<>(shape.properties.keySet());
        names.addAll(shape.required);
        return names;
    }

    private static boolean mayBeEmpty(Shape shape) {
        return shape.minProperties == 0 && shape.required.isEmpty();
    }

    private Expression key(String name) {
        return keysByName.computeIfAbsent(name, unknown -> json.key(expressions.literal(StringSchemas.quote(name))));
    }

    /**
     * The declared properties that can be written, in their order; null if one is required and cannot.
     *
     * @param keys what stands in front of a property's value
     */
    private @Nullable List<Property> properties(Shape shape, Function<String, Expression> keys) {
        Set<String> names = names(shape);
        if (names.size() > MAX_PROPERTIES) {
            throw new UnsupportedConstraintException("an object has more than " + MAX_PROPERTIES + " properties");
        }
        List<Property> properties = new ArrayList<>();
        for (String name : names) {
            boolean required = shape.required.contains(name);
            Expression value = shape.forbidden.contains(name) || !isName(shape, name)
                    ? Expressions.NEVER
                    : compiler.value(valueOf(shape, name));
            Expression member = expressions.sequence(keys.apply(name), value);
            if (member != Expressions.NEVER) {
                properties.add(new Property(member, required));
            } else if (required) {
                return null;
            }
        }
        return properties;
    }

    /** At least one member, with commas; {@link Expressions#NEVER} if there can be none. */
    private Expression members(List<Property> properties, Expression further, Shape shape) {
        if (shape.maxProperties == 0) {
            return Expressions.NEVER;
        }
        Expression members = members(properties, further, shape.minProperties, shape.maxProperties);
        if (members == Expressions.NEVER && shape.minProperties > 1 && further != Expressions.NEVER) {
            throw tooManyUndeclared(shape);
        }
        return members;
    }

    private static UnsupportedConstraintException tooManyUndeclared(Shape shape) {
        return new UnsupportedConstraintException("keyword 'minProperties' with the value " + shape.minProperties
                + " needs more than one property that is not declared; that is not supported");
    }

    private Expression inAnyOrder(List<Property> properties, Expression further, Shape shape) {
        boolean others = further != Expressions.NEVER;
        if (shape.minProperties > properties.size() + (others ? 1 : 0)) {
            if (others && shape.maxProperties > properties.size() + 1) {
                throw tooManyUndeclared(shape);
            }
            return Expressions.NEVER;
        }
        BitSet required = new BitSet();
        for (int i = 0; i < properties.size(); i++) {
            required.set(i, properties.get(i).required());
        }
        MemberSet set = new MemberSet(
                properties.stream().map(Property::member).toList(),
                required,
                further,
                shape.minProperties,
                shape.maxProperties,
                json.comma(),
                json.close("}", true),
                json.close("}", false));
        return expressions.sequence(json.open("{"), expressions.members(set));
    }

    /** What the value of {@code name} must meet. */
    private Set<Obligation> valueOf(Shape shape, String name) {
        Set<Obligation> all = new LinkedHashSet<>(shape.properties.getOrDefault(name, Set.of()));
        shape.patternProperties.forEach((pattern, values) -> {
            if (matches(pattern, name)) {
                all.addAll(values);
            }
        });
        for (Shape.Rest rest : shape.rests) {
            boolean apart =
                    rest.names().contains(name) || rest.patterns().stream().anyMatch(pattern -> matches(pattern, name));
            if (!apart) {
                all.add(rest.value());
            }
        }
        return all;
    }

    private boolean matches(String pattern, String name) {
        return matches.computeIfAbsent(
                new NameMatch(pattern, name),
                unknown -> StringSchemas.matches(parse(pattern).name(), name, expressions));
    }

    private KeyPattern parse(String pattern) {
        return patterns.computeIfAbsent(pattern, unknown -> {
            try {
                Pattern parsed = PatternParser.parseSearch(pattern);
                return new KeyPattern(parsed.toExpression(expressions, CharacterEncoding.TEXT), encode(parsed));
            } catch (UnsupportedConstraintException e) {
                throw new UnsupportedConstraintException("keyword 'patternProperties' is refused: " + e.getMessage());
            }
        });
    }

    private boolean isName(Shape shape, String name) {
        if (shape.propertyNames.isEmpty()) {
            return true;
        }
        int length = name.codePointCount(0, name.length());
        for (Shape names : compiler.shapes(shape.propertyNames)) {
            boolean listed = names.allowed == null || names.allowed.contains(TextNode.valueOf(name));
            boolean excluded = names.excluded.contains(TextNode.valueOf(name));
            if (names.types.contains(JsonType.STRING)
                    && listed
                    && !excluded
                    && length >= names.minLength
                    && length <= names.maxLength
                    && strings.accepts(names, name)) {
                return true;
            }
        }
        return false;
    }

    /** Any member that is not declared. */
    private Expression further(Shape shape, Set<String> declared) {
        List<String> sources = new ArrayList<>(shape.patternProperties.keySet());
        if (sources.size() > MAX_PATTERNS) {
            throw new UnsupportedConstraintException(
                    "keyword 'patternProperties' has more than " + MAX_PATTERNS + " patterns at one place");
        }
        Set<String> taken = new LinkedHashSet<>(declared);
        taken.addAll(shape.forbidden);
        Map<Set<Obligation>, List<Expression>> keysByValue = new LinkedHashMap<>();
        for (int matched = (1 << sources.size()) - 1; matched >= 0; matched--) {
            Set<Obligation> value = new LinkedHashSet<>();
            Set<String> in = new LinkedHashSet<>();
            for (int i = 0; i < sources.size(); i++) {
                if ((matched >> i & 1) != 0) {
                    in.add(sources.get(i));
                    value.addAll(shape.patternProperties.getOrDefault(sources.get(i), Set.of()));
                }
            }
            boolean spoken = matched != 0;
            for (Shape.Rest rest : shape.rests) {
                if (rest.patterns().stream().noneMatch(in::contains)) {
                    value.add(rest.value());
                    spoken = true;
                }
            }
            boolean free = options.undeclaredProperties() || (declared.isEmpty() && sources.isEmpty());
            if ((!spoken && !free) || compiler.value(value) == Expressions.NEVER) {
                continue;
            }
            KeyClass keyClass = new KeyClass(sources, in, taken, shape.propertyNames);
            Expression keys = keysByClass.get(keyClass);
            if (keys == null) {
                keys = keys(keyClass);
                keysByClass.put(keyClass, keys);
            }
            if (keys != Expressions.NEVER) {
                keysByValue.computeIfAbsent(value, unknown -> new ArrayList<>()).add(keys);
            }
        }
        List<Expression> members = new ArrayList<>();
        keysByValue.forEach((value, keys) -> {
            for (Expression each : keys) {
                members.add(json.member(each, compiler.value(value)));
            }
        });
        return expressions.union(members);
    }

    /** The keys of a class, with their quotes. */
    private Expression keys(KeyClass of) {
        if (of.sources().isEmpty() && of.taken().isEmpty() && of.names().isEmpty()) {
            return strings.any();
        }
        if (of.sources().isEmpty() && of.names().isEmpty()) {
            // Whatever is written so far can go on to be another key: nothing has to be explored.
            return json.quoted(except(anything(), of.taken()));
        }
        List<Expression> allowed = new ArrayList<>();
        List<Expression> keys = new ArrayList<>();
        if (of.names().isEmpty()) {
            allowed.add(anything());
        }
        for (Shape names : of.names().isEmpty() ? List.<Shape>of() : compiler.shapes(of.names())) {
            if (!names.types.contains(JsonType.STRING)) {
                continue;
            }
            if (names.allowed == null && !names.copiedFrom.isEmpty()) {
                keys.add(strings.copied(names, within(of, expressions.complement(Expressions.NEVER))));
            } else {
                allowed.add(content(names));
            }
        }
        keys.add(ByteTable.explore(within(of, expressions.union(allowed)), expressions));
        Expression all = expressions.union(keys);
        return all == Expressions.NEVER ? all : json.quoted(all);
    }

    /** Those of {@code contents} that match what the class's keys do, and are not taken. */
    private Expression within(KeyClass of, Expression contents) {
        Expression all = contents;
        for (String source : of.sources()) {
            Expression matching = parse(source).written();
            all = expressions.intersection(of.in().contains(source) ? matching : expressions.complement(matching), all);
        }
        return except(all, of.taken());
    }

    private Expression except(Expression contents, Set<String> taken) {
        List<String> texts = taken.stream()
                .map(StringSchemas::quote)
                .map(quoted -> quoted.substring(1, quoted.length() - 1))
                .toList();
        return expressions.intersection(contents, expressions.complement(expressions.literals(texts)));
    }

    private Expression content(Shape names) {
        if (names.allowed == null) {
            return strings.described(names);
        }
        List<String> contents = new ArrayList<>();
        names.allowed.forEach(name -> {
            if (name.isTextual() && strings.accepts(names, name.textValue())) {
                String quoted = StringSchemas.quote(name.textValue());
                contents.add(quoted.substring(1, quoted.length() - 1));
            }
        });
        return expressions.literals(contents);
    }

    private Expression anything() {
        if (anything == null) {
            anything = encode(Pattern.anything());
        }
        return anything;
    }

    private Expression encode(Pattern pattern) {
        return pattern.toExpression(expressions, CharacterEncoding.JSON_STRING);
    }

    /**
     * At least one member, {@code min} to {@code max} of them, with commas between them. Worked out from the last property
     * to the first, for every number of members that may stand in front of it, up to where more of them change nothing.
     */
    private Expression members(List<Property> properties, Expression further, int min, int max) {
        int cap = max == UNBOUNDED ? Math.max(1, min) : Math.min(max, Math.max(properties.size() + 1, min));
        if ((long) cap * properties.size() > MAX_COUNTED) {
            throw new UnsupportedConstraintException(
                    "keywords 'minProperties' and 'maxProperties' are supported with up to " + MAX_COUNTED
                            + " for the properties times their number");
        }
        Expression more = expressions.sequence(json.comma(), further);
        Expression[] behind = new Expression[cap + 1];
        for (int count = 0; count <= cap; count++) {
            // Two keys that are not declared may be the same: only one of them counts for certain.
            int left = max == UNBOUNDED ? UNBOUNDED : Math.max(0, max - count);
            int needed = Math.max(0, min - count);
            if (needed > 1) {
                behind[count] = Expressions.NEVER;
            } else if (count == 0) {
                behind[count] = expressions.sequence(
                        further, expressions.repetition(more, 0, left == UNBOUNDED ? UNBOUNDED : left - 1));
            } else {
                behind[count] = expressions.repetition(more, needed, left);
            }
        }
        for (int i = properties.size() - 1; i >= 0; i--) {
            Property property = properties.get(i);
            Expression[] here = new Expression[cap + 1];
            for (int count = 0; count <= cap; count++) {
                boolean full = max != UNBOUNDED && count == max;
                Expression separator = count == 0 ? Expressions.EMPTY : json.comma();
                Expression written = full
                        ? Expressions.NEVER
                        : expressions.sequence(separator, property.member(), behind[Math.min(cap, count + 1)]);
                here[count] = property.required() ? written : expressions.union(written, behind[count]);
            }
            behind = here;
        }
        return behind[0];
    }
}
