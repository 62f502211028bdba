package io.causalstreams.inference.internal.text;

import java.util.List;

/**
 * Finds stop strings in text that arrives character by character.
 *
 * <p>Knuth–Morris–Pratt, one automaton per string: its state is the length of the longest beginning of the string that
 * the text ends with, which is both how a match is found and how much must be held back. Cost: amortized one step per
 * character and string. Works on code points, so a match never cuts a surrogate pair. Not thread-safe.
 */
final class StopStringMatcher {
    private final List<Automaton> automata;

    StopStringMatcher(List<String> stops) {
        automata = stops.stream().map(Automaton::new).toList();
    }

    /**
     * Reads one more character.
     *
     * @return the index of the stop string that ends here, the longest if several do; -1 if none
     */
    int append(int codePoint) {
        int matched = -1;
        for (int i = 0; i < automata.size(); i++) {
            if (automata.get(i).append(codePoint)
                    && (matched < 0
                            || automata.get(i).length() > automata.get(matched).length())) {
                matched = i;
            }
        }
        return matched;
    }

    /** How many of the last characters may be the beginning of a stop string. */
    int possibleBeginning() {
        return automata.stream().mapToInt(automaton -> automaton.state).max().orElse(0);
    }

    private static final class Automaton {
        private final int[] pattern;
        /** fallback[n] = longest proper beginning of the pattern that its first n characters end with. */
        private final int[] fallback;

        private int state;

        Automaton(String stop) {
            pattern = stop.codePoints().toArray();
            fallback = new int[pattern.length + 1];
            for (int n = 1; n < pattern.length; n++) {
                fallback[n + 1] = advance(fallback[n], pattern[n]);
            }
        }

        int length() {
            return pattern.length;
        }

        boolean append(int codePoint) {
            state = advance(state, codePoint);
            if (state < pattern.length) {
                return false;
            }
            state = fallback[state];
            return true;
        }

        private int advance(int from, int codePoint) {
            int matched = from;
            while (matched > 0 && pattern[matched] != codePoint) {
                matched = fallback[matched];
            }
            return pattern[matched] == codePoint ? matched + 1 : 0;
        }
    }
}
