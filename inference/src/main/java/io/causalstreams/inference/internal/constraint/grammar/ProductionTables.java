package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.grammar.ContextFreeGrammar.COMPLETE;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.ContextFreeGrammar.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** Numbers the dots of productions, leaves out those that can never be written to their end, and finds what may be empty. */
final class ProductionTables {

    private final List<List<int[]>> productions;
    private final List<Terminal> terminals;
    private final boolean[] productive;
    private final boolean[] nullable;

    /** @param productions right sides by nonterminal; nonterminal 0 is the start and has exactly one */
    ProductionTables(List<List<int[]>> productions, List<Terminal> terminals) {
        this.productions = productions;
        this.terminals = terminals;
        this.productive = fixedPoint(this::canBeWritten);
        this.nullable = fixedPoint(terminal -> terminals.get(terminal).text().nullable());
    }

    private boolean canBeWritten(int terminal) {
        Terminal symbol = terminals.get(terminal);
        return symbol.tokens() == null
                ? symbol.text() != Expressions.NEVER
                : !symbol.tokens().isEmpty();
    }

    /** The nonterminals with a production all symbols of which have the property too. */
    private boolean[] fixedPoint(IntPredicate ofTerminal) {
        boolean[] holds = new boolean[productions.size()];
        boolean grown = true;
        for (int round = 0; grown; round++) {
            grown = false;
            for (int i = 0; i < holds.length; i++) {
                // To and fro: a chain of nonterminals is then done in one round, whichever way it points.
                int left = round % 2 == 0 ? i : holds.length - 1 - i;
                if (!holds[left]) {
                    holds[left] = productions.get(left).stream().anyMatch(right -> all(right, holds, ofTerminal));
                    grown |= holds[left];
                }
            }
        }
        return holds;
    }

    private static boolean all(int[] symbols, boolean[] holds, IntPredicate ofTerminal) {
        return Arrays.stream(symbols).allMatch(symbol -> symbol >= 0 ? holds[symbol] : ofTerminal.test(~symbol));
    }

    /** @throws UnsupportedConstraintException if nothing can be written */
    ContextFreeGrammar toGrammar(int ignored, boolean greedy) {
        if (!productive[0]) {
            throw new UnsupportedConstraintException(
                    "no text meets the grammar: every way through it leads back to itself");
        }
        List<Integer> symbols = new ArrayList<>();
        List<Integer> lefts = new ArrayList<>();
        int[][] starts = new int[productions.size()][];
        for (int left = 0; left < productions.size(); left++) {
            List<Integer> first = new ArrayList<>();
            for (int[] right : productions.get(left)) {
                if (all(right, productive, this::canBeWritten)) {
                    boolean emptySoFar = true;
                    for (int symbol : right) {
                        if (emptySoFar) {
                            first.add(symbols.size());
                        }
                        emptySoFar &= all(
                                new int[] {symbol},
                                nullable,
                                t -> terminals.get(t).text().nullable());
                        symbols.add(symbol);
                        lefts.add(left);
                    }
                    symbols.add(COMPLETE);
                    lefts.add(left);
                }
            }
            starts[left] = toArray(first);
        }
        return new ContextFreeGrammar(
                List.copyOf(terminals), ignored, greedy, toArray(symbols), toArray(lefts), starts, nullable);
    }

    private static int[] toArray(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
