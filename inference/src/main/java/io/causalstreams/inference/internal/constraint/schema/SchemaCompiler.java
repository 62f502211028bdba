package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.GrammarCheck;
import io.causalstreams.inference.internal.constraint.expression.Rule;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles a JSON Schema (drafts 4 to 2020-12) to a grammar of values that are valid against it. Not every valid value can be
 * written ({@code docs/structured-output.md} says which are left out), but what is written is valid.
 *
 * <p>A rule of the grammar stands for a set of obligations, and there is one for each set that occurs: so references may be
 * recursive, and what {@code allOf}, {@code not} and the like put together is compiled once. The {@link Tableau} turns the
 * obligations into shapes; each type of a shape is then written on its own.
 */
public final class SchemaCompiler {

    /** The keyword of strings that are copied from a text. */
    public static final String VERBATIM = Keywords.VERBATIM;

    private static final int MAX_RULES = 20_000;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final SchemaDocument document;
    private final Expressions expressions;
    private final JsonGrammar json;
    private final Tableau tableau;
    private final ScalarSchemas scalars;
    private final ArraySchemas arrays;
    private final ObjectSchemas objects;
    private final Map<Set<Obligation>, Rule> rules = new HashMap<>();
    private final List<Rule> all = new ArrayList<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();

    private SchemaCompiler(SchemaDocument document, Expressions expressions, SchemaOptions options, Notation notation) {
        this.document = document;
        this.expressions = expressions;
        this.json = new JsonGrammar(expressions, notation);
        this.tableau = new Tableau(document, options.texts());
        this.scalars = new ScalarSchemas(expressions, json);
        this.arrays = new ArraySchemas(expressions, json, this, options.undeclaredProperties());
        this.objects = new ObjectSchemas(expressions, json, this, options);
    }

    /**
     * The values valid against a schema.
     *
     * @throws UnsupportedConstraintException if it is no schema, uses what is not supported, or no finite value meets it
     */
    public static Expression compile(String schema, SchemaOptions options, Expressions expressions) {
        SchemaCompiler compiler = new SchemaCompiler(document(schema), expressions, options, Notation.JSON);
        return compiler.checked(compiler.value(compiler.root()));
    }

    /**
     * The objects valid against a schema, as the arguments of a call by name: {@code city="Bern", days=3}.
     *
     * @param notation of the arguments' values
     * @throws UnsupportedConstraintException as {@link #compile(String, SchemaOptions, Expressions)}; also if a property is
     *     required whose name cannot name an argument
     */
    public static Expression arguments(
            String schema, Notation notation, SchemaOptions options, Expressions expressions) {
        SchemaCompiler compiler = new SchemaCompiler(document(schema), expressions, options, notation);
        Rule start = compiler.rule("arguments");
        start.define(expressions.union(compiler.shapes(compiler.root()).stream()
                .filter(shape -> shape.allowed == null && shape.types.contains(JsonType.OBJECT))
                .map(compiler.objects::arguments)
                .toList()));
        compiler.checked(expressions.reference(start));
        return start.body(); // which, unlike a reference to it, may be empty
    }

    private static SchemaDocument document(String schema) {
        try {
            return new SchemaDocument(MAPPER.readTree(schema));
        } catch (JsonProcessingException e) {
            throw new UnsupportedConstraintException("the schema is not JSON: " + e.getOriginalMessage());
        }
    }

    private List<Obligation> root() {
        return List.of(Obligation.holds(document.root()));
    }

    /** The start of the grammar, whose other rules are compiled and checked now. */
    private Expression checked(Expression start) {
        while (!pending.isEmpty()) {
            pending.pop().run();
        }
        all.add(json.anyValueRule());
        new GrammarCheck(expressions, all).run();
        if (start == Expressions.NEVER
                || (start instanceof Expression.Reference reference && reference.rule.body() == Expressions.NEVER)) {
            throw new UnsupportedConstraintException("the schema admits no finite value"
                    + (scalars.hadNothingToCopy()
                            ? ": a string is x-verbatim, and the text has no words that it could be; where it may be"
                                    + " missing, leave it out of required or let it be null"
                            : ""));
        }
        return start;
    }

    /** The keywords that say something about values; all others are annotations. */
    public static Set<String> keywords() {
        return Keywords.ASSERTIONS;
    }

    /** The values that meet all obligations; compiled later, so that they may contain themselves. */
    Expression value(Collection<Obligation> obligations) {
        Set<Obligation> goal = new LinkedHashSet<>();
        for (Obligation obligation : obligations) {
            if (obligation.isImpossible()) {
                return Expressions.NEVER;
            }
            if (!obligation.isTrivial()) {
                goal.add(obligation);
            }
        }
        if (goal.isEmpty()) {
            return json.anyValue();
        }
        if (goal.size() == 1) {
            Obligation only = goal.iterator().next();
            if (only.holds() && only.schema().keywords().saysOnly("$ref")) {
                return value(List.of(Obligation.holds(document.resolve(only.schema(), "$ref"))));
            }
        }
        Rule known = rules.get(goal);
        if (known != null) {
            return expressions.reference(known);
        }
        Rule rule = rule(goal.iterator().next().schema().path());
        rules.put(goal, rule);
        pending.push(() -> rule.define(body(goal)));
        return expressions.reference(rule);
    }

    /** A rule of this grammar; its body is still to be defined. */
    Rule rule(String name) {
        if (all.size() >= MAX_RULES) {
            throw new UnsupportedConstraintException(
                    "the schema is too large: with its references followed it has more than " + MAX_RULES + " parts");
        }
        Rule rule = new Rule(name);
        all.add(rule);
        return rule;
    }

    /** The shapes that meet all obligations. */
    List<Shape> shapes(Collection<Obligation> obligations) {
        return tableau.shapes(obligations);
    }

    private Expression body(Set<Obligation> goal) {
        Obligation first = goal.iterator().next();
        if (goal.size() == 1 && first.holds()) {
            Keywords keywords = first.schema().keywords();
            boolean single =
                    keywords.saysOnly("allOf") && keywords.list("allOf").size() == 1;
            if (single || keywords.saysOnly("anyOf")) {
                // Alternatives and nothing else: a rule for each, which others may share.
                return expressions.union(Parts.of(first.schema(), keywords, single ? "allOf" : "anyOf").stream()
                        .map(part -> value(List.of(part)))
                        .toList());
            }
        }
        List<Shape> shapes = shapes(goal);
        Set<Expression> written = new LinkedHashSet<>();
        for (Shape shape : shapes) {
            written.add(write(shape, meant(shape)));
        }
        written.remove(Expressions.NEVER);
        if (written.isEmpty()) {
            shapes.forEach(shape -> written.add(write(shape, shape.types)));
        }
        return expressions.union(written);
    }

    /** The types to write: where none is named, those its keywords speak about. */
    private static Set<JsonType> meant(Shape shape) {
        if (shape.typed || shape.mentioned.isEmpty()) {
            return shape.types;
        }
        Set<JsonType> meant = EnumSet.copyOf(shape.mentioned);
        meant.retainAll(shape.types);
        return meant;
    }

    private Expression write(Shape shape, Set<JsonType> types) {
        if (shape.allowed != null) {
            return scalars.listed(shape, shape.allowed);
        }
        List<Expression> branches = new ArrayList<>();
        for (JsonType type : types) {
            branches.add(
                    switch (type) {
                        case STRING -> scalars.string(shape);
                        case NUMBER -> scalars.number(shape);
                        case BOOLEAN, NULL -> scalars.constants(shape, type);
                        case ARRAY -> arrays.compile(shape);
                        case OBJECT -> objects.compile(shape);
                    });
        }
        return expressions.union(branches);
    }
}
