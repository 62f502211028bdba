package io.causalstreams.inference.internal.text;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds stop strings in text that arrives symbol by symbol: characters, and special tokens that a stop string names.
 *
 * <p>Knuth–Morris–Pratt, one automaton per string: its state is the length of the longest beginning of the string that
 * the text ends with, which is both how a match is found and how much must be held back. Cost: amortized one step per
 * symbol and pattern. Characters are code points, so a match never cuts a surrogate pair. Not thread-safe.
 */
final class StopStringMatcher {
    private final List<Automaton> automata;

    StopStringMatcher(StopStrings stops) {
        automata = stops.patterns().stream().map(Automaton::new).toList();
    }

    /**
     * Reads one more symbol.
     *
     * @param counts whether a pattern that ends here is looked for here
     * @return the pattern that ends here and counts, that of the longest string if several do; null if none
     */
    StopStrings.@Nullable Pattern append(int symbol, Predicate<StopStrings.Pattern> counts) {
        StopStrings.Pattern matched = null;
        for (Automaton automaton : automata) {
            if (automaton.append(symbol)
                    && (matched == null || automaton.stop.string.length() > matched.string.length())
                    && counts.test(automaton.stop)) {
                matched = automaton.stop;
            }
        }
        return matched;
    }

    /** How many of the last symbols may be the beginning of a stop string. */
    int possibleBeginning() {
        return automata.stream().mapToInt(automaton -> automaton.state).max().orElse(0);
    }

    private static final class Automaton {
        private final StopStrings.Pattern stop;
        private final int[] pattern;
        /** fallback[n] = longest proper beginning of the pattern that its first n symbols end with. */
        private final int[] fallback;

        private int state;

        Automaton(StopStrings.Pattern stop) {
            this.stop = stop;
            pattern = stop.symbols;
            fallback = new int[pattern.length + 1];
            for (int n = 1; n < pattern.length; n++) {
                fallback[n + 1] = advance(fallback[n], pattern[n]);
            }
        }

        boolean append(int symbol) {
            state = advance(state, symbol);
            if (state < pattern.length) {
                return false;
            }
            state = fallback[state];
            return true;
        }

        private int advance(int from, int symbol) {
            int matched = from;
            while (matched > 0 && pattern[matched] != symbol) {
                matched = fallback[matched];
            }
            return pattern[matched] == symbol ? matched + 1 : 0;
        }
    }
}
