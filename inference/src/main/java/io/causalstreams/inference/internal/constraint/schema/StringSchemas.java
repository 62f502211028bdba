package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code minLength}, {@code maxLength}, {@code pattern} and {@code format}. */
final class StringSchemas {

    private final Expressions expressions;
    private final JsonGrammar json;

    StringSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    Expression compile(SchemaNode node) {
        int min = node.count("minLength", 0);
        int max = node.count("maxLength", UNBOUNDED);
        List<Pattern> patterns = new ArrayList<>();
        Pattern pattern = pattern(node);
        if (pattern != null) {
            patterns.add(pattern);
        }
        Pattern format = format(node);
        if (format != null) {
            patterns.add(format);
        }
        if (min > max) {
            return Expressions.NEVER;
        }
        if (patterns.isEmpty()) {
            return json.string(min, max);
        }
        try {
            return json.lexeme(json.quoted(content(patterns, min, max)));
        } catch (UnsupportedConstraintException e) {
            throw node.unsupported(
                    pattern == null ? "format" : "pattern", "with the keywords beside it: " + e.getMessage());
        }
    }

    private static @Nullable Pattern pattern(SchemaNode node) {
        String text = node.text("pattern");
        try {
            return text == null ? null : PatternParser.parseSearch(text);
        } catch (UnsupportedConstraintException e) {
            throw node.unsupported("pattern", "is refused: " + e.getMessage());
        }
    }

    private static @Nullable Pattern format(SchemaNode node) {
        String name = node.text("format");
        if (name == null) {
            return null;
        }
        Pattern pattern = Formats.pattern(name);
        if (pattern == null) {
            throw node.unsupported("format", "is '" + name + "', which is not supported");
        }
        return pattern;
    }

    /** The texts that match all patterns and have {@code min} to {@code max} characters. */
    private Expression content(List<Pattern> patterns, int min, int max) {
        Pattern first = patterns.get(0);
        if (patterns.size() == 1 && first.shortest() >= min && first.longest() <= max) {
            return encode(first);
        }
        if (patterns.size() == 1
                && first.simplified() instanceof Pattern.Repeated repeated
                && repeated.body().simplified() instanceof Pattern.Characters) {
            int least = Math.max(min, repeated.min());
            int most = Math.min(max, repeated.max());
            return least > most ? Expressions.NEVER : encode(new Pattern.Repeated(repeated.body(), least, most));
        }
        Expression all = encode(new Pattern.Repeated(new Pattern.Characters(CodePoints.ALL), min, max));
        for (Pattern pattern : patterns) {
            all = expressions.intersection(encode(pattern), all);
        }
        return ByteTable.explore(all, expressions);
    }

    private Expression encode(Pattern pattern) {
        return pattern.toExpression(expressions, CharacterEncoding.JSON_STRING);
    }
}
