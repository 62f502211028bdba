package io.causalstreams.inference.internal.constraint.mask;

import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.ByteState;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.expression.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Reading;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes which tokens can follow a position.
 *
 * <p>Idea: most tokens stay within the lexeme being written, whatever comes after it. So the trie is walked once per state of
 * a lexeme, shared by all positions with that state; the rest is a short walk from each trie node where the
 * lexeme may end (a quotation mark, and what follows it in a token). Both results are cached: per state of a lexeme, and per
 * position.
 *
 * <p>Counters: a count that exceeds the longest token cannot be told from any greater one by a single token, so it is cut to
 * that before the look-up; {@code maxLength: 5000} costs one mask until the last {@code height} bytes.
 *
 * <p>Cost: the first kind one {@link TokenWalk}; the other O(size / 64) plus the short walks.
 * Threading: one thread at a time.
 */
final class Masks {

    private static final long INSIDE_BYTES = 2L << 20;
    private static final long POSITION_BYTES = 2L << 20;

    /** Derivatives per walk, about 0.1 s: a pattern that needs more would keep the other requests waiting. */
    private static final long MAX_WORK = 1_000_000;

    /** Parts of a sequence that are looked at for counters. */
    private static final int CUT_PARTS = 6;

    private final VocabularyTrie trie;
    private final Expressions expressions;
    private final Automaton automaton;
    private final MaskCache<ByteState, TokenWalk.Reached<ByteState>> insides = new MaskCache<>(INSIDE_BYTES);
    private final MaskCache<List<Reading>, Mask> masks = new MaskCache<>(POSITION_BYTES);
    private final TokenWalk<ByteState> lexemes;
    private final TokenWalk<List<Reading>> grammar;
    private long workLimit;

    Masks(VocabularyTrie trie, Expressions expressions, Automaton automaton) {
        this.trie = trie;
        this.expressions = expressions;
        this.automaton = automaton;
        this.lexemes = new TokenWalk<>(trie, new Lexemes());
        this.grammar = new TokenWalk<>(trie, new Grammar());
    }

    private record Mask(BitSet tokens) implements MaskCache.Weighted {
        @Override
        public long bytes() {
            return tokens.size() / 8;
        }
    }

    /** Tokens that can follow; shared, not to be changed. */
    BitSet allowed(List<Reading> readings) {
        List<Reading> alike = readings.stream()
                .map(reading -> new Reading(cut(reading.at()), reading.then()))
                .toList();
        Mask known = masks.get(alike);
        if (known != null) {
            return known.tokens();
        }
        Map<ByteState, Set<Reading>> followers = new LinkedHashMap<>();
        for (Reading reading : alike) {
            followers
                    .computeIfAbsent(reading.at(), at -> new LinkedHashSet<>())
                    .addAll(automaton.starts(reading.then()));
        }
        BitSet tokens = new BitSet(trie.vocabularySize());
        followers.forEach((at, starts) -> add(at, List.copyOf(starts), tokens));
        masks.put(alike, new Mask(tokens));
        return tokens;
    }

    /** @param followers readings before the first byte behind the lexeme */
    private void add(ByteState at, List<Reading> followers, BitSet tokens) {
        TokenWalk.Reached<ByteState> inside = inside(at);
        tokens.or(inside.tokens());
        if (followers.isEmpty()) {
            return;
        }
        if (at.accepting) {
            tokens.or(allowed(followers));
        }
        inside.exits().forEach(exit -> grammar.below(exit.node(), followers, tokens));
    }

    /** A state from which the same tokens can follow, the same for all counts beyond the longest token. */
    private ByteState cut(ByteState state) {
        ByteState known = state.cut;
        if (known == null) {
            known = automaton.state(cut(state.rest, CUT_PARTS));
            state.cut = known;
        }
        return known;
    }

    /** Cuts the counters among the first parts to what one token can tell apart. */
    private Expression cut(Expression rest, int parts) {
        if (rest instanceof Sequence sequence && parts > 0) {
            return expressions.sequence(cut(sequence.first, parts), cut(sequence.rest, parts - 1));
        } else if (rest instanceof Union union) {
            return expressions.union(
                    union.branches.stream().map(branch -> cut(branch, parts)).toList());
        } else if (rest instanceof Repetition repetition) {
            int min = Math.min(repetition.min, trie.height() + 1);
            int max = repetition.max > trie.height() + 1 ? Expression.UNBOUNDED : repetition.max;
            return expressions.repetition(repetition.body, min, max);
        }
        return rest;
    }

    /** Tokens that stay within the lexeme, and where it may end within others. */
    private TokenWalk.Reached<ByteState> inside(ByteState from) {
        TokenWalk.Reached<ByteState> known = insides.get(from);
        if (known == null) {
            workLimit = expressions.work() + MAX_WORK;
            known = lexemes.all(from);
            insides.put(from, known);
        }
        return known;
    }

    private final class Lexemes implements TokenWalk.Reader<ByteState> {
        @Override
        public @Nullable ByteState next(ByteState at, int value) {
            ByteState next = automaton.next(at, value);
            if (expressions.work() > workLimit) {
                throw new UnsupportedConstraintException(
                        "a pattern is too ambiguous to be followed: too many of its parts may come next at this place");
            }
            return next == Automaton.DEAD ? null : next;
        }

        @Override
        public boolean mayEnd(ByteState at) {
            return at.accepting;
        }
    }

    private final class Grammar implements TokenWalk.Reader<List<Reading>> {
        @Override
        public @Nullable List<Reading> next(List<Reading> at, int value) {
            List<Reading> next = automaton.next(at, value);
            return next.isEmpty() ? null : next;
        }

        @Override
        public boolean mayEnd(List<Reading> at) {
            return false;
        }
    }

    /** Forgets what refers to forgotten states. */
    void forget() {
        lexemes.forget();
        insides.clear();
        masks.clear();
    }
}
