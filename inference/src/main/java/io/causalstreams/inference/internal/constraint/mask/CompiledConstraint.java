package io.causalstreams.inference.internal.constraint.mask;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Reading;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A grammar over one vocabulary. Threading: any thread; a lock guards the automaton that grows behind it. */
public final class CompiledConstraint implements TokenConstraint {

    private final Object lock = new Object();
    private final String field;
    private final VocabularyTrie trie;
    private final Expression grammar;
    private final Automaton automaton;
    private final Masks masks;
    private int generation;

    /** @param field the wire field the constraint came in, for errors */
    public CompiledConstraint(String field, Expression grammar, Expressions expressions, VocabularyTrie trie) {
        this.field = field;
        this.trie = trie;
        this.grammar = grammar;
        expressions.freeze();
        this.automaton = new Automaton(expressions);
        this.masks = new Masks(trie, expressions, automaton);
    }

    @Override
    public State start() {
        synchronized (lock) {
            return new Position(automaton.starts(grammar), generation, grammar.nullable());
        }
    }

    private final class Position implements State {

        private final List<Reading> readings;
        private final int madeIn;
        private final boolean accepting;
        private @Nullable BitSet allowed;

        Position(List<Reading> readings, int madeIn, boolean accepting) {
            this.readings = readings;
            this.madeIn = madeIn;
            this.accepting = accepting;
        }

        @Override
        public BitSet allowed() {
            synchronized (lock) {
                if (allowed == null) {
                    allowed = compute();
                }
                if (allowed.isEmpty() && !accepting) {
                    throw new GenerationException.Invalid(
                            field, field + " cannot be met: no token of the vocabulary can follow at this place");
                }
                return allowed;
            }
        }

        private BitSet compute() {
            try {
                return masks.allowed(current());
            } catch (UnsupportedConstraintException e) {
                throw new GenerationException.Invalid(field, field + ": " + e.getMessage());
            }
        }

        @Override
        public boolean accepting() {
            return accepting;
        }

        @Override
        public State after(int tokenId) {
            byte[] bytes = trie.bytesOf(tokenId);
            synchronized (lock) {
                if (automaton.full()) {
                    automaton.forget();
                    masks.forget();
                    generation++;
                }
                List<Reading> next = afterBytes(bytes);
                if (bytes.length == 0 || next.isEmpty()) {
                    throw new IllegalArgumentException("token " + tokenId + " cannot follow here; see allowed()");
                }
                return new Position(next, generation, next.stream().anyMatch(Reading::accepting));
            }
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            synchronized (lock) {
                return afterBytes(bytes).stream().anyMatch(Reading::accepting);
            }
        }

        private List<Reading> afterBytes(byte[] bytes) {
            List<Reading> next = current();
            for (byte value : bytes) {
                next = automaton.next(next, value & 0xFF);
            }
            return next;
        }

        private List<Reading> current() {
            return madeIn == generation ? readings : automaton.renew(readings);
        }
    }
}
