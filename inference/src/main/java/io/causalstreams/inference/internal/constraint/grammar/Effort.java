package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;

/**
 * Bounds the work for one mask or one token, so that an ambiguous grammar fails its own request instead of keeping the others
 * waiting. Threading: one thread at a time.
 */
final class Effort {

    /** Cost of an item of a set, in steps through the vocabulary's trie. */
    static final int ITEM = 16;

    /** About 0.1 s. */
    private static final long MAX_STEPS = 6_000_000;

    private static final long MAX_DERIVATIVES = 1_000_000;

    private final Expressions expressions;
    private long steps;
    private long derivatives;

    Effort(Expressions expressions) {
        this.expressions = expressions;
    }

    void begin() {
        steps = 0;
        derivatives = expressions.work();
    }

    /** @throws UnsupportedConstraintException if it is too much */
    void spend(int more) {
        steps += more;
        if (steps > MAX_STEPS || expressions.work() - derivatives > MAX_DERIVATIVES) {
            throw new UnsupportedConstraintException(
                    "the grammar is too ambiguous to be followed: too many of its parts may come next at this place");
        }
    }
}
