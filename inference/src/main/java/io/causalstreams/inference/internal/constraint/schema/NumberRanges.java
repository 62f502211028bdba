package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.pattern.ByteRanges;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Regular expressions for the decimal numbers between two bounds: automata over digits, as large as the bounds are long. */
final class NumberRanges {

    /** Longest bound in digits, before and after the point together. */
    static final int MAX_BOUND_DIGITS = 100;

    private static final BigInteger LIMIT =
            BigInteger.TEN.pow(JsonGrammar.MAX_DIGITS).subtract(BigInteger.ONE);

    private final Expressions expressions;

    NumberRanges(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * Numbers {@code n / 10^decimals} with {@code from <= n <= to}, each with exactly {@code decimals} digits behind the
     * point, without superfluous zeros in front and without {@code -0}.
     */
    Expression scaled(BigInteger from, BigInteger to, int decimals) {
        List<Expression> branches = new ArrayList<>();
        if (to.signum() >= 0) {
            branches.add(notNegative(from.max(BigInteger.ZERO), to, decimals));
        }
        if (from.signum() < 0) {
            BigInteger least = to.signum() < 0 ? to.negate() : BigInteger.ONE;
            branches.add(expressions.sequence(expressions.literal("-"), notNegative(least, from.negate(), decimals)));
        }
        return from.compareTo(to) > 0 ? Expressions.NEVER : expressions.union(branches);
    }

    private Expression notNegative(BigInteger from, BigInteger to, int decimals) {
        List<Expression> branches = new ArrayList<>();
        int shortest = Math.max(digits(from), decimals + 1);
        for (int length = shortest; length <= Math.max(digits(to), decimals + 1); length++) {
            BigInteger least = length == decimals + 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
            BigInteger low = from.max(least);
            BigInteger high = to.min(BigInteger.TEN.pow(length).subtract(BigInteger.ONE));
            if (low.compareTo(high) <= 0) {
                branches.add(ByteRanges.digits(padded(low, length), padded(high, length), decimals, expressions));
            }
        }
        return expressions.union(branches);
    }

    private static int digits(BigInteger number) {
        return number.toString().length();
    }

    private static String padded(BigInteger number, int length) {
        String text = number.toString();
        return "0".repeat(length - text.length()) + text;
    }

    /** The least {@code n} with {@code n / 10^decimals} at or, if exclusive, above {@code bound}; null = no bound. */
    static BigInteger least(@Nullable BigDecimal bound, boolean exclusive, int decimals) {
        if (bound == null) {
            return LIMIT.negate().multiply(BigInteger.TEN.pow(decimals));
        }
        BigDecimal scaled = bound.scaleByPowerOfTen(decimals);
        BigInteger least = scaled.setScale(0, RoundingMode.CEILING).toBigIntegerExact();
        boolean isBound = new BigDecimal(least).compareTo(scaled) == 0;
        return exclusive && isBound ? least.add(BigInteger.ONE) : least;
    }

    /** The greatest {@code n} with {@code n / 10^decimals} at or, if exclusive, below {@code bound}; null = no bound. */
    static BigInteger greatest(@Nullable BigDecimal bound, boolean exclusive, int decimals) {
        return least(bound == null ? null : bound.negate(), exclusive, decimals).negate();
    }
}
