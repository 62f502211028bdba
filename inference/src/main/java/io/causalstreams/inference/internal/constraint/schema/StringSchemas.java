package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.expression.Words;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Lengths, patterns and formats of strings, and what they are copied from. */
final class StringSchemas {

    /** Characters of the texts that one string is copied from. */
    private static final int MAX_COPIED_FROM = 1 << 18;

    private final Expressions expressions;
    private final JsonGrammar json;

    /** Patterns as they are searched for in a text; shapes of one value share theirs. */
    private final IdentityHashMap<Pattern, Expression> searched = new IdentityHashMap<>();

    /** By all that is said of a string: fields that are alike share the masks of what can be copied. */
    private final Map<List<Object>, Expression> copied = new HashMap<>();

    private boolean nothingToCopy;

    StringSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    Expression compile(Shape shape) {
        List<String> excluded = excluded(shape);
        if (!shape.copiedFrom.isEmpty()) {
            return copied.computeIfAbsent(
                    List.of(shape.copiedFrom, shape.minLength, shape.maxLength, shape.matches, excluded),
                    unknown -> copied(shape));
        }
        if (shape.matches.isEmpty() && excluded.isEmpty()) {
            return json.string(shape.minLength, shape.maxLength);
        }
        try {
            return json.lexeme(json.quoted(content(shape, excluded)));
        } catch (UnsupportedConstraintException e) {
            String patterns = String.join(
                    " and ", shape.matches.stream().map(Shape.Match::source).toList());
            throw new UnsupportedConstraintException(
                    "the pattern " + patterns + " with its lengths: " + e.getMessage());
        }
    }

    private Expression copied(Shape shape) {
        Expression runs = copied(shape, expressions.complement(Expressions.NEVER));
        nothingToCopy |= runs == Expressions.NEVER;
        return json.lexeme(json.quoted(runs));
    }

    /** The contents of the shape's strings, which are copied, that are in {@code within} too; ready to be run. */
    Expression copied(Shape shape, Expression within) {
        List<List<String>> sources = List.copyOf(shape.copiedFrom);
        Words from = words(sources.get(0));
        boolean described = shape.minLength > 1
                || shape.maxLength != UNBOUNDED
                || !shape.matches.isEmpty()
                || !excluded(shape).isEmpty();
        if (!described && sources.size() == 1 && within == expressions.complement(Expressions.NEVER)) {
            return expressions.runs(from);
        }
        Expression all = expressions.intersection(within, described(shape));
        for (List<String> texts : sources.subList(1, sources.size())) {
            all = expressions.intersection(expressions.runs(words(texts)), all);
        }
        return expressions.runsWithin(from, all);
    }

    /** Whether there was a string without words that it could be. */
    boolean hadNothingToCopy() {
        return nothingToCopy;
    }

    private Words words(List<String> texts) {
        return expressions.words(texts, unknown -> {
            long length = texts.stream().mapToLong(String::length).sum();
            if (length > MAX_COPIED_FROM) {
                throw new UnsupportedConstraintException(
                        "the text to copy from has " + length + " characters; the limit is " + MAX_COPIED_FROM
                                + "; shorten it, or name another in x-verbatim");
            }
            return WordCutter.words(texts, expressions);
        });
    }

    private static List<String> excluded(Shape shape) {
        return shape.excluded.stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .toList();
    }

    private Expression content(Shape shape, List<String> excluded) {
        List<Shape.Match> matches = List.copyOf(shape.matches);
        int min = shape.minLength;
        int max = shape.maxLength;
        if (matches.size() == 1 && matches.get(0).found() && excluded.isEmpty()) {
            Pattern only = matches.get(0).pattern();
            if (!only.isBoolean() && only.shortest() >= min && only.longest() <= max) {
                return encode(only);
            }
            if (only.simplified() instanceof Pattern.Repeated repeated
                    && repeated.body().simplified() instanceof Pattern.Characters) {
                int least = Math.max(min, repeated.min());
                int most = Math.min(max, repeated.max());
                return least > most ? Expressions.NEVER : encode(new Pattern.Repeated(repeated.body(), least, most));
            }
        }
        return ByteTable.explore(described(shape), expressions);
    }

    /** The contents of the shape's strings, copied or not, as an expression that has still to be explored. */
    Expression described(Shape shape) {
        Expression all =
                encode(new Pattern.Repeated(new Pattern.Characters(CodePoints.ALL), shape.minLength, shape.maxLength));
        for (Shape.Match match : shape.matches) {
            Expression found = encode(match.pattern());
            all = expressions.intersection(match.found() ? found : expressions.complement(found), all);
        }
        List<String> excluded = excluded(shape);
        if (!excluded.isEmpty()) {
            List<String> contents =
                    excluded.stream().map(CharacterEncoding::escaped).toList();
            all = expressions.intersection(expressions.complement(expressions.literals(contents)), all);
        }
        return all;
    }

    /** Whether a string meets the shape's patterns and can be copied; its lengths are not looked at. */
    boolean accepts(Shape shape, String text) {
        for (Shape.Match match : shape.matches) {
            Expression language = searched.computeIfAbsent(
                    match.pattern(), pattern -> pattern.toExpression(expressions, CharacterEncoding.TEXT));
            if (matches(language, text, expressions) != match.found()) {
                return false;
            }
        }
        return shape.copiedFrom.stream()
                .allMatch(
                        texts -> matches(expressions.runs(words(texts)), CharacterEncoding.escaped(text), expressions));
    }

    /** Whether the whole text is one of {@code language}. */
    static boolean matches(Expression language, String text, Expressions expressions) {
        Expression rest = language;
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            rest = expressions.derivative(rest, value & 0xFF);
        }
        return rest.nullable();
    }

    private Expression encode(Pattern pattern) {
        return pattern.toExpression(expressions, CharacterEncoding.JSON_STRING);
    }

    static String quote(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** All strings; for keys of which nothing is said. */
    Expression any() {
        return json.quoted(json.stringContent(0, UNBOUNDED));
    }
}
