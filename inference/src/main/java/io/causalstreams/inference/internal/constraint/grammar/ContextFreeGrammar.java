package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Productions in numbers.
 *
 * <p>A symbol is a nonterminal {@code n >= 0} or a terminal {@code ~t}. A <em>dot</em> is a place in a production: before each
 * of its symbols and behind the last; the dots of a production follow each other. Nonterminal 0 is the start; its only
 * production is production 0. Every nonterminal can be written. Immutable.
 */
final class ContextFreeGrammar {

    /** In the place of a symbol: the production is complete. */
    static final int COMPLETE = Integer.MIN_VALUE;

    static final int NONE = -1;

    /**
     * What a terminal stands for: text, or one token by its id.
     *
     * @param text lexemes, NEVER for tokens
     * @param tokens null for text
     * @param lazy see {@link Node.Regular}
     */
    record Terminal(Expression text, @Nullable BitSet tokens, boolean lazy) {}

    private final List<Terminal> terminals;
    private final int ignored;
    private final boolean greedy;
    private final int[] symbols;
    private final int[] left;
    private final int[][] starts;
    private final boolean[] nullable;

    /**
     * @param ignored the terminal that may stand anywhere, or NONE
     * @param symbols by dot
     * @param left the nonterminal on the left, by dot
     * @param starts by nonterminal: the incomplete dots with nothing in front but what may be empty
     * @param nullable by nonterminal
     */
    ContextFreeGrammar(
            List<Terminal> terminals,
            int ignored,
            boolean greedy,
            int[] symbols,
            int[] left,
            int[][] starts,
            boolean[] nullable) {
        this.terminals = terminals;
        this.ignored = ignored;
        this.greedy = greedy;
        this.symbols = symbols;
        this.left = left;
        this.starts = starts;
        this.nullable = nullable;
    }

    Terminal terminal(int terminal) {
        return terminals.get(terminal);
    }

    int ignored() {
        return ignored;
    }

    boolean greedy() {
        return greedy;
    }

    /** The symbol behind the dot, or COMPLETE. */
    int symbol(int dot) {
        return symbols[dot];
    }

    int left(int dot) {
        return left[dot];
    }

    int[] starts(int nonterminal) {
        return starts[nonterminal];
    }

    /** Whether a symbol can be the empty text. */
    boolean nullable(int symbol) {
        return symbol >= 0 ? nullable[symbol] : terminals.get(~symbol).text().nullable();
    }
}
