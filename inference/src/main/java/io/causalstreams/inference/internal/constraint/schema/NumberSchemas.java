package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bounds and divisors of numbers. */
final class NumberSchemas {

    private static final int MAX_DECIMALS = 6;
    private static final int MAX_MULTIPLES = 10_000;

    private final Expressions expressions;
    private final JsonGrammar json;

    NumberSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    /** Numbers between two bounds, each excluded or not; beyond the longest number that is written there are none. */
    private record Interval(BigDecimal least, boolean above, BigDecimal greatest, boolean below) {

        BigInteger least(int decimals) {
            return NumberRanges.least(least, above, decimals);
        }

        BigInteger greatest(int decimals) {
            return NumberRanges.greatest(greatest, below, decimals);
        }
    }

    Expression compile(Shape shape) {
        boolean whole = shape.fraction == Shape.Fraction.WHOLE;
        List<BigDecimal> excluded = shape.excluded.stream()
                .filter(JsonNode::isNumber)
                .map(JsonNode::decimalValue)
                .sorted()
                .toList();
        boolean free = shape.least == null && shape.greatest == null && excluded.isEmpty();
        if (free && shape.divisors.isEmpty() && shape.fraction != Shape.Fraction.BROKEN) {
            return whole ? json.anyInteger() : json.anyNumber();
        }
        BigDecimal step = whole ? BigDecimal.ONE : null;
        for (BigDecimal divisor : shape.divisors) {
            step = step == null ? divisor : leastCommonMultiple(step, divisor);
        }
        List<Expression> branches = new ArrayList<>();
        for (Interval interval : intervals(shape, excluded)) {
            if (step != null && step.compareTo(BigDecimal.ONE) == 0 && whole) {
                branches.add(decimals(interval, 0));
            } else if (step != null) {
                branches.add(multiples(interval, step));
            } else {
                branches.add(fractions(interval, shape.fraction == Shape.Fraction.BROKEN));
            }
        }
        return json.lexeme(expressions.union(branches));
    }

    private static BigDecimal leastCommonMultiple(BigDecimal a, BigDecimal b) {
        int scale = Math.max(0, Math.max(a.scale(), b.scale()));
        BigInteger x = a.setScale(scale).unscaledValue();
        BigInteger y = b.setScale(scale).unscaledValue();
        return new BigDecimal(x.multiply(y).divide(x.gcd(y)), scale).stripTrailingZeros();
    }

    /** Between the bounds, around the excluded numbers. */
    private static List<Interval> intervals(Shape shape, List<BigDecimal> excluded) {
        for (@Nullable BigDecimal bound : Arrays.asList(shape.least, shape.greatest)) {
            if (bound != null && digits(bound) > NumberRanges.MAX_BOUND_DIGITS) {
                throw new UnsupportedConstraintException(
                        "a bound of a number has more than " + NumberRanges.MAX_BOUND_DIGITS + " digits");
            }
        }
        BigDecimal limit = BigDecimal.TEN.pow(JsonGrammar.MAX_DIGITS).subtract(BigDecimal.ONE);
        BigDecimal low = shape.least == null ? limit.negate() : shape.least;
        boolean above = shape.aboveLeast;
        // A bound that no number of the usual length reaches asks for longer ones.
        BigDecimal high = shape.greatest == null ? limit.max(low.add(limit)) : shape.greatest;
        if (shape.least == null) {
            low = low.min(high.subtract(limit));
        }
        List<Interval> intervals = new ArrayList<>();
        for (BigDecimal hole : excluded) {
            if (hole.compareTo(low) >= 0 && hole.compareTo(high) <= 0) {
                intervals.add(new Interval(low, above, hole, true));
                low = hole;
                above = true;
            }
        }
        intervals.add(new Interval(low, above, high, shape.belowGreatest));
        return intervals;
    }

    private static int digits(BigDecimal number) {
        return Math.max(number.precision(), Math.max(number.precision() - number.scale(), number.scale()));
    }

    private Expression decimals(Interval interval, int count) {
        return new NumberRanges(expressions).scaled(interval.least(count), interval.greatest(count), count);
    }

    /**
     * Decimal numbers without exponent: any fraction where the whole part alone decides, at most {@value #MAX_DECIMALS} digits
     * behind the point beside a bound.
     */
    private Expression fractions(Interval interval, boolean broken) {
        List<Expression> branches = new ArrayList<>();
        for (int count = broken ? 1 : 0; count <= MAX_DECIMALS && !broken; count++) {
            branches.add(decimals(interval, count));
        }
        Expression fraction = broken
                ? json.text("\\.[0-9]{0,17}[1-9]")
                : expressions.optional(json.text("\\.[0-9]{1," + JsonGrammar.MAX_DIGITS + "}"));
        // n.f lies between n and n + 1, and -n.f between -n - 1 and -n.
        BigInteger low = interval.least(0);
        BigInteger high = interval.greatest(0);
        NumberRanges ranges = new NumberRanges(expressions);
        if (high.signum() > 0) {
            branches.add(expressions.sequence(
                    ranges.scaled(low.max(BigInteger.ZERO), high.subtract(BigInteger.ONE), 0), fraction));
        }
        if (low.signum() < 0) {
            branches.add(expressions.sequence(
                    ranges.scaled(low.add(BigInteger.ONE), high.min(BigInteger.ONE.negate()), 0), fraction));
        }
        return expressions.union(branches);
    }

    private Expression multiples(Interval interval, BigDecimal step) {
        boolean power =
                step.unscaledValue().equals(BigInteger.ONE) && step.scale() >= 0 && step.scale() <= MAX_DECIMALS;
        if (power) {
            List<Expression> branches = new ArrayList<>();
            for (int count = 0; count <= step.scale(); count++) {
                branches.add(decimals(interval, count));
            }
            return expressions.union(branches);
        }
        int scale = Math.max(0, step.scale());
        BigInteger unit = step.setScale(scale).unscaledValue();
        BigInteger first = up(new BigDecimal(interval.least(scale)), unit);
        BigInteger last =
                up(new BigDecimal(interval.greatest(scale).negate()), unit).negate();
        if (last.subtract(first).compareTo(BigInteger.valueOf(MAX_MULTIPLES)) >= 0) {
            return MultipleAutomaton.multiples(step, interval.least(scale), interval.greatest(scale), expressions);
        }
        List<String> texts = new ArrayList<>();
        for (BigInteger i = first; i.compareTo(last) <= 0; i = i.add(BigInteger.ONE)) {
            BigDecimal value = new BigDecimal(i.multiply(unit), scale);
            texts.add(value.toPlainString());
            texts.add((value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros()).toPlainString());
        }
        return expressions.literals(texts);
    }

    private static BigInteger up(BigDecimal least, BigInteger unit) {
        return least.divide(new BigDecimal(unit), 0, RoundingMode.CEILING).toBigInteger();
    }
}
