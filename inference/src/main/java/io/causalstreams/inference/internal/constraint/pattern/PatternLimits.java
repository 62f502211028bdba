package io.causalstreams.inference.internal.constraint.pattern;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Alternatives;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Characters;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Repeated;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Series;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps patterns out whose positions in a text could become very many.
 *
 * <p>A pattern is deterministic if the next character always says where in the pattern it belongs (one-unambiguous:
 * A. Brüggemann-Klein and D. Wood, One-Unambiguous Regular Languages, 1998). Then one position suffices and counts are mere
 * counters, however great: {@code (a{1000}){1000}}. Otherwise, as in {@code .*a.{20}}, up to one position for every
 * character of the expanded pattern is held at once, and that number is bounded.
 */
final class PatternLimits {

    private static final long MAX_AMBIGUOUS_SIZE = 10_000;

    /**
     * @param size characters of the pattern with all finite counts written out
     * @param first characters a match may begin with
     * @param more characters that may follow a complete match in a longer one
     */
    private record Facts(long size, boolean nullable, boolean deterministic, CodePoints first, CodePoints more) {}

    private PatternLimits() {}

    /** @throws UnsupportedConstraintException if it is ambiguous and too large */
    static void check(Pattern pattern) {
        Facts facts = factsOf(pattern);
        if (!facts.deterministic() && facts.size() > MAX_AMBIGUOUS_SIZE) {
            throw new UnsupportedConstraintException(
                    "the regular expression is ambiguous and has, with its counts written out, " + facts.size()
                            + " characters; the limit is " + MAX_AMBIGUOUS_SIZE + "; use smaller counts");
        }
    }

    private static Facts factsOf(Pattern pattern) {
        if (pattern instanceof Characters characters) {
            return new Facts(1, false, true, characters.set(), CodePoints.NONE);
        } else if (pattern instanceof Series series) {
            return inSeries(series.parts());
        } else if (pattern instanceof Alternatives alternatives) {
            return alternatives(alternatives.branches());
        }
        if (pattern instanceof Pattern.Ahead ahead) {
            Facts both = inSeries(List.of(ahead.ahead(), Pattern.anything(), ahead.rest()));
            return new Facts(both.size(), both.nullable(), false, both.first(), both.more());
        }
        return repeated((Repeated) pattern);
    }

    private static Facts inSeries(List<Pattern> parts) {
        Facts result = new Facts(0, true, true, CodePoints.NONE, CodePoints.NONE);
        List<Facts> reversed = new ArrayList<>();
        for (int i = parts.size() - 1; i >= 0; i--) {
            reversed.add(factsOf(parts.get(i)));
        }
        for (Facts part : reversed) {
            CodePoints follow = result.first();
            boolean clear = part.more().and(follow).isEmpty()
                    && (!part.nullable() || part.first().and(follow).isEmpty());
            result = new Facts(
                    plus(part.size(), result.size()),
                    part.nullable() && result.nullable(),
                    part.deterministic() && result.deterministic() && clear,
                    part.nullable() ? part.first().or(follow) : part.first(),
                    result.nullable() ? part.more().or(result.first()).or(result.more()) : result.more());
        }
        return result;
    }

    private static Facts alternatives(List<Pattern> branches) {
        Facts result = factsOf(branches.get(0));
        for (Pattern branch : branches.subList(1, branches.size())) {
            Facts facts = factsOf(branch);
            boolean clear = result.first().and(facts.first()).isEmpty() && !(result.nullable() && facts.nullable());
            CodePoints more = result.more().or(facts.more());
            boolean nullable = result.nullable() || facts.nullable();
            CodePoints first = result.first().or(facts.first());
            result = new Facts(
                    plus(result.size(), facts.size()),
                    nullable,
                    result.deterministic() && facts.deterministic() && clear,
                    first,
                    nullable ? more.or(first) : more);
        }
        return result;
    }

    private static Facts repeated(Repeated repeated) {
        Facts body = factsOf(repeated.body());
        if (repeated.max() <= 1) {
            boolean nullable = body.nullable() || repeated.min() == 0;
            return new Facts(
                    body.size(),
                    nullable,
                    body.deterministic(),
                    body.first(),
                    nullable ? body.more().or(body.first()) : body.more());
        }
        boolean bounded = repeated.max() != Expression.UNBOUNDED;
        int turns = Math.max(1, bounded ? repeated.max() : repeated.min());
        boolean clear = !body.nullable() && body.more().and(body.first()).isEmpty();
        boolean fixed = bounded && repeated.min() == repeated.max();
        return new Facts(
                times(turns, body.size()),
                body.nullable() || repeated.min() == 0,
                body.deterministic() && clear,
                body.first(),
                fixed && !body.nullable() ? body.more() : body.more().or(body.first()));
    }

    private static long plus(long a, long b) {
        return Math.min(a + b, Integer.MAX_VALUE);
    }

    private static long times(long a, long b) {
        return Math.min(a * b, Integer.MAX_VALUE);
    }
}
