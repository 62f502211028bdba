package io.causalstreams.inference.internal.constraint.pattern;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.util.List;

/** A regular expression over characters, see {@link PatternParser} for the dialect. */
public sealed interface Pattern {

    /** One character of a set. */
    record Characters(CodePoints set) implements Pattern {}

    /** One after the other; the empty list matches the empty text. */
    record Series(List<Pattern> parts) implements Pattern {}

    /** Any of the branches. */
    record Alternatives(List<Pattern> branches) implements Pattern {}

    /** {@code min} to {@code max} times the body; {@link Expression#UNBOUNDED} for any number. */
    record Repeated(Pattern body, int min, int max) implements Pattern {}

    /** The texts of {@code rest} that match {@code ahead} too, or do not. */
    record Ahead(Pattern ahead, boolean found, Pattern rest) implements Pattern {}

    /** The empty text. */
    static Pattern empty() {
        return new Series(List.of());
    }

    /** Any text. */
    static Pattern anything() {
        return new Repeated(new Characters(CodePoints.ALL), 0, Expression.UNBOUNDED);
    }

    static Pattern series(Pattern... parts) {
        return new Series(List.of(parts));
    }

    /** Without series of one part around it. */
    default Pattern simplified() {
        if (this instanceof Series series) {
            List<Pattern> parts = series.parts().stream()
                    .filter(part -> !part.equals(empty()))
                    .toList();
            return parts.size() == 1 ? parts.get(0).simplified() : this;
        }
        return this;
    }

    /** The same language over bytes. */
    default Expression toExpression(Expressions expressions, CharacterEncoding encoding) {
        if (this instanceof Characters characters) {
            return encoding.encode(characters.set(), expressions);
        } else if (this instanceof Series series) {
            return expressions.sequence(series.parts().stream()
                    .map(part -> part.toExpression(expressions, encoding))
                    .toArray(Expression[]::new));
        } else if (this instanceof Alternatives alternatives) {
            return expressions.union(alternatives.branches().stream()
                    .map(branch -> branch.toExpression(expressions, encoding))
                    .toList());
        }
        if (this instanceof Ahead ahead) {
            Expression seen = ahead.ahead().toExpression(expressions, encoding);
            return expressions.intersection(
                    ahead.rest().toExpression(expressions, encoding),
                    ahead.found() ? seen : expressions.complement(seen));
        }
        Repeated repeated = (Repeated) this;
        return expressions.repetition(
                repeated.body().toExpression(expressions, encoding), repeated.min(), repeated.max());
    }

    /** Whether it looks ahead: then its expression has to be explored before one sees whether it matches anything. */
    default boolean isBoolean() {
        if (this instanceof Series series) {
            return series.parts().stream().anyMatch(Pattern::isBoolean);
        } else if (this instanceof Alternatives alternatives) {
            return alternatives.branches().stream().anyMatch(Pattern::isBoolean);
        } else if (this instanceof Repeated repeated) {
            return repeated.body().isBoolean();
        }
        return this instanceof Ahead;
    }

    /** Characters of the shortest match. */
    default long shortest() {
        if (this instanceof Characters) {
            return 1;
        } else if (this instanceof Series series) {
            return series.parts().stream().mapToLong(Pattern::shortest).sum();
        } else if (this instanceof Alternatives alternatives) {
            return alternatives.branches().stream()
                    .mapToLong(Pattern::shortest)
                    .min()
                    .orElse(0);
        }
        if (this instanceof Ahead ahead) {
            return ahead.rest().shortest();
        }
        Repeated repeated = (Repeated) this;
        return Math.min(repeated.body().shortest() * repeated.min(), Expression.UNBOUNDED);
    }

    /** Characters of the longest match; {@link Expression#UNBOUNDED} or more if there is none. */
    default long longest() {
        if (this instanceof Characters) {
            return 1;
        } else if (this instanceof Series series) {
            return series.parts().stream().mapToLong(Pattern::longest).sum();
        } else if (this instanceof Alternatives alternatives) {
            return alternatives.branches().stream()
                    .mapToLong(Pattern::longest)
                    .max()
                    .orElse(0);
        }
        if (this instanceof Ahead ahead) {
            return ahead.rest().longest();
        }
        Repeated repeated = (Repeated) this;
        return Math.min(repeated.body().longest() * repeated.max(), Expression.UNBOUNDED);
    }
}
