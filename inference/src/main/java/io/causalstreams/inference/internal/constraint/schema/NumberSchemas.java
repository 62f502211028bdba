package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code minimum}, {@code maximum}, their exclusive forms and {@code multipleOf}. */
final class NumberSchemas {

    private static final int MAX_DECIMALS = 6;
    private static final int MAX_MULTIPLES = 10_000;

    private final Expressions expressions;
    private final JsonGrammar json;

    NumberSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    Expression integer(SchemaNode node) {
        if (!node.hasAny(SchemaNode.NUMBER_KEYWORDS)) {
            return json.anyInteger();
        }
        BigDecimal step = step(node);
        if (step != null && step.compareTo(BigDecimal.ONE) > 0) {
            return multiples(node, step);
        }
        return json.lexeme(decimals(node, 0));
    }

    /**
     * Without keywords any number; with them a decimal number without exponent and with at most {@value #MAX_DECIMALS}
     * digits behind the point.
     */
    Expression number(SchemaNode node) {
        if (!node.hasAny(SchemaNode.NUMBER_KEYWORDS)) {
            return json.anyNumber();
        }
        BigDecimal step = step(node);
        if (step != null && step.compareTo(BigDecimal.ONE) > 0) {
            return multiples(node, step);
        }
        int most = step == null ? MAX_DECIMALS : step.scale();
        List<Expression> branches = new ArrayList<>();
        for (int count = 0; count <= most; count++) {
            branches.add(decimals(node, count));
        }
        return json.lexeme(expressions.union(branches));
    }

    private Expression decimals(SchemaNode node, int count) {
        return new NumberRanges(expressions).scaled(least(node, count), greatest(node, count), count);
    }

    private static BigInteger least(SchemaNode node, int decimals) {
        BigInteger least = NumberRanges.least(node.number("minimum"), false, decimals);
        BigDecimal exclusive = node.number("exclusiveMinimum");
        return exclusive == null
                ? least
                : NumberRanges.least(exclusive, true, decimals).max(least);
    }

    private static BigInteger greatest(SchemaNode node, int decimals) {
        BigInteger greatest = NumberRanges.greatest(node.number("maximum"), false, decimals);
        BigDecimal exclusive = node.number("exclusiveMaximum");
        return exclusive == null
                ? greatest
                : NumberRanges.greatest(exclusive, true, decimals).min(greatest);
    }

    /** {@code multipleOf} if it is 1, 0.1, 0.01, … or a whole number, scale 0 to 6; null if absent. */
    private static @Nullable BigDecimal step(SchemaNode node) {
        BigDecimal step = node.number("multipleOf");
        if (step == null) {
            return null;
        }
        boolean whole = step.scale() <= 0 && step.signum() > 0;
        boolean power = step.unscaledValue().equals(BigInteger.ONE) && step.scale() <= MAX_DECIMALS;
        if (!whole && !power) {
            throw node.unsupported("multipleOf", "must be a positive whole number, 0.1, 0.01, … or 0.000001");
        }
        return whole ? step.setScale(0) : step;
    }

    private Expression multiples(SchemaNode node, BigDecimal step) {
        BigInteger unit = step.toBigIntegerExact();
        BigInteger first = new BigDecimal(least(node, 0))
                .divide(step, 0, RoundingMode.CEILING)
                .toBigInteger();
        BigInteger last = new BigDecimal(greatest(node, 0))
                .divide(step, 0, RoundingMode.FLOOR)
                .toBigInteger();
        BigInteger count = last.subtract(first).add(BigInteger.ONE);
        if (count.compareTo(BigInteger.valueOf(MAX_MULTIPLES)) > 0) {
            throw node.unsupported(
                    "multipleOf",
                    "is supported with bounds that leave at most " + MAX_MULTIPLES
                            + " values; set minimum and maximum");
        }
        List<String> texts = new ArrayList<>();
        for (BigInteger i = first; i.compareTo(last) <= 0; i = i.add(BigInteger.ONE)) {
            texts.add(i.multiply(unit).toString());
        }
        return json.literals(texts);
    }
}
