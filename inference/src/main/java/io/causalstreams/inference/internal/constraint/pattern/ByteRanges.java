package io.causalstreams.inference.internal.constraint.pattern;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Expressions for intervals of byte strings of one length, such as numbers of n digits or UTF-8 characters of n bytes. */
public final class ByteRanges {

    private final Expressions expressions;

    /** The least and the greatest byte that may stand behind the first place. */
    private final int least;

    private final int greatest;

    /** The place before which a decimal point is written; negative for none. */
    private final int point;

    private ByteRanges(Expressions expressions, int least, int greatest, int point) {
        this.expressions = expressions;
        this.point = point;
        this.least = least;
        this.greatest = greatest;
    }

    /**
     * Decimal numbers of as many digits as {@code low} and {@code high} both have, leading zeros included.
     *
     * @param decimals number of digits behind a decimal point, less than all; 0 for no point
     */
    public static Expression digits(String low, String high, int decimals, Expressions expressions) {
        int point = decimals == 0 ? -1 : low.length() - decimals;
        return new ByteRanges(expressions, '0', '9', point)
                .between(low.getBytes(StandardCharsets.US_ASCII), high.getBytes(StandardCharsets.US_ASCII), 0);
    }

    /** The characters in UTF-8. */
    public static Expression utf8(CodePoints characters, Expressions expressions) {
        List<Expression> branches = new ArrayList<>();
        for (int[] length : new int[][] {{0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xFFFF}, {0x10000, 0x10FFFF}}) {
            for (CodePoints.Range range :
                    characters.and(CodePoints.range(length[0], length[1])).ranges()) {
                branches.add(new ByteRanges(expressions, 0x80, 0xBF, -1)
                        .between(encode(range.low()), encode(range.high()), 0));
            }
        }
        return expressions.union(branches);
    }

    private static byte[] encode(int codePoint) {
        return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    }

    private Expression between(byte[] low, byte[] high, int index) {
        if (index == low.length) {
            return Expressions.EMPTY;
        }
        Expression here = behindPoint(low, high, index);
        return index == point ? expressions.sequence(expressions.literal("."), here) : here;
    }

    private Expression behindPoint(byte[] low, byte[] high, int index) {
        int first = low[index] & 0xFF;
        int last = high[index] & 0xFF;
        if (first == last) {
            return expressions.sequence(expressions.bytes(first, first), between(low, high, index + 1));
        }
        List<Expression> branches = new ArrayList<>();
        int freeFrom = first;
        int freeTo = last;
        if (!isAll(low, least, index + 1)) {
            branches.add(
                    expressions.sequence(expressions.bytes(first, first), between(low, all(greatest, low), index + 1)));
            freeFrom++;
        }
        if (!isAll(high, greatest, index + 1)) {
            branches.add(
                    expressions.sequence(expressions.bytes(last, last), between(all(least, high), high, index + 1)));
            freeTo--;
        }
        if (freeFrom <= freeTo) {
            branches.add(expressions.sequence(expressions.bytes(freeFrom, freeTo), free(index + 1, low.length)));
        }
        return expressions.union(branches);
    }

    /** Any bytes at the places {@code from} to {@code to} (excluded). */
    private Expression free(int from, int to) {
        Expression any = expressions.bytes(least, greatest);
        if (point < from || point >= to) {
            return expressions.repetition(any, to - from, to - from);
        }
        return expressions.sequence(
                expressions.repetition(any, point - from, point - from),
                expressions.literal("."),
                expressions.repetition(any, to - point, to - point));
    }

    private static boolean isAll(byte[] string, int value, int from) {
        for (int i = from; i < string.length; i++) {
            if ((string[i] & 0xFF) != value) {
                return false;
            }
        }
        return true;
    }

    private static byte[] all(int value, byte[] like) {
        byte[] string = new byte[like.length];
        Arrays.fill(string, (byte) value);
        return string;
    }
}
