package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Lengths, patterns and formats of strings. */
final class StringSchemas {

    private final Expressions expressions;
    private final JsonGrammar json;

    /** Patterns as they are searched for in a text; shapes of one value share theirs. */
    private final IdentityHashMap<Pattern, Expression> searched = new IdentityHashMap<>();

    StringSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    Expression compile(Shape shape) {
        List<String> excluded = excluded(shape);
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
        return ByteTable.explore(language(shape), expressions);
    }

    /** The contents of the shape's strings, as an expression that has still to be explored. */
    Expression language(Shape shape) {
        Expression all =
                encode(new Pattern.Repeated(new Pattern.Characters(CodePoints.ALL), shape.minLength, shape.maxLength));
        for (Shape.Match match : shape.matches) {
            Expression found = encode(match.pattern());
            all = expressions.intersection(match.found() ? found : expressions.complement(found), all);
        }
        List<String> excluded = excluded(shape);
        if (!excluded.isEmpty()) {
            List<String> contents = new ArrayList<>();
            for (String text : excluded) {
                String quoted = quote(text);
                contents.add(quoted.substring(1, quoted.length() - 1));
            }
            all = expressions.intersection(expressions.complement(expressions.literals(contents)), all);
        }
        return all;
    }

    /** Whether a string meets the shape's patterns; its lengths are not looked at. */
    boolean accepts(Shape shape, String text) {
        for (Shape.Match match : shape.matches) {
            Expression language = searched.computeIfAbsent(
                    match.pattern(), pattern -> pattern.toExpression(expressions, CharacterEncoding.TEXT));
            if (matches(language, text, expressions) != match.found()) {
                return false;
            }
        }
        return true;
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
