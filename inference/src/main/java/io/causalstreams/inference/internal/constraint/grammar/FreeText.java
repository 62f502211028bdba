package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.ByteSet;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import java.util.Collection;

/** Texts in which certain strings do not occur, or only at the end. */
final class FreeText {

    private final Expressions expressions;
    private final Expression anyText;
    private final Expression anyBytes;

    FreeText(Expressions expressions) {
        this.expressions = expressions;
        this.anyText = expressions.repetition(CharacterEncoding.TEXT.encode(CodePoints.ALL, expressions), 0, UNBOUNDED);
        this.anyBytes = expressions.repetition(expressions.bytes(ByteSet.ALL), 0, UNBOUNDED);
    }

    /** Any text without one of these strings in it, none of which is empty. */
    Expression without(Collection<String> strings) {
        if (strings.isEmpty()) {
            return anyText;
        }
        Expression containing = expressions.sequence(anyBytes, expressions.literals(strings), anyBytes);
        return explored(expressions.intersection(anyText, expressions.complement(containing)));
    }

    /** Any text with {@code end} behind it, and without one of {@code strings} or {@code end} in it before. */
    Expression until(String end, Collection<String> strings) {
        Expression oneMore = expressions.sequence(expressions.bytes(ByteSet.ALL), anyBytes);
        Expression before = expressions.union(
                expressions.sequence(anyBytes, expressions.literal(end), oneMore),
                expressions.sequence(anyBytes, expressions.literals(strings), oneMore));
        Expression ending = expressions.sequence(anyText, expressions.literal(end));
        return explored(expressions.intersection(ending, expressions.complement(before)));
    }

    private Expression explored(Expression language) {
        return ByteTable.explore(language, expressions);
    }
}
