package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;

/** Multiples of a number in decimal: long division as an automaton, one state for each remainder. */
final class MultipleAutomaton {

    private static final int MAX_REMAINDERS = 1_000;

    private MultipleAutomaton() {}

    /**
     * The multiples of {@code step} from {@code least} to {@code greatest}, both in units of the last digit of {@code step},
     * with exactly as many digits behind the point as {@code step} has, or as a whole number.
     */
    static Expression multiples(BigDecimal step, BigInteger least, BigInteger greatest, Expressions expressions) {
        int scale = Math.max(0, step.scale());
        BigInteger unit = step.setScale(scale).unscaledValue();
        if (unit.compareTo(BigInteger.valueOf(MAX_REMAINDERS)) > 0) {
            throw new UnsupportedConstraintException("keyword 'multipleOf' with the value " + step.toPlainString()
                    + " is supported with bounds that leave at most 10,000 values; set minimum and maximum");
        }
        int remainders = unit.intValueExact();
        Expression multiple = expressions.sequence(
                expressions.optional(expressions.literal("-")), remainders(remainders, scale, expressions));
        Expression range = new NumberRanges(expressions).scaled(least, greatest, scale);
        return ByteTable.explore(expressions.intersection(multiple, range), expressions);
    }

    /** Digits, {@code scale} of them behind a point, whose number without the point is divisible. */
    private static Expression remainders(int divisor, int scale, Expressions expressions) {
        // States: by stage (whole part, then one for each digit behind the point) and remainder.
        int stages = scale == 0 ? 1 : scale + 2;
        int[][] next = new int[stages * divisor][];
        BitSet accepting = new BitSet();
        for (int stage = 0; stage < stages; stage++) {
            for (int remainder = 0; remainder < divisor; remainder++) {
                int[] row = new int[12];
                Arrays.fill(row, ByteTable.DEAD);
                for (int digit = 0; digit <= 9 && (stage == 0 || stage < stages - 1); digit++) {
                    int to = stage == 0 ? 0 : stage + 1;
                    row[digit] = to * divisor + (remainder * 10 + digit) % divisor;
                }
                row[10] = stage == 0 && scale > 0 ? divisor + remainder : ByteTable.DEAD;
                next[stage * divisor + remainder] = row;
                accepting.set(stage * divisor + remainder, stage == stages - 1 && remainder == 0);
            }
        }
        int[] classes = new int[256];
        Arrays.fill(classes, 11);
        for (int digit = 0; digit <= 9; digit++) {
            classes['0' + digit] = digit;
        }
        classes['.'] = 10;
        return ByteTable.of(classes, next, accepting, expressions);
    }
}
