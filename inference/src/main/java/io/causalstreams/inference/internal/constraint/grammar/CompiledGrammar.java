package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.VocabularyTrie;
import java.util.BitSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A grammar over one vocabulary. Threading: any thread; a lock guards what grows behind it.
 *
 * <p>Memory: about 16 MB at most, then what was found out so far is forgotten and found again when needed.
 */
final class CompiledGrammar implements TokenConstraint {

    private static final int MAX_POSITIONS = 8_192;
    private static final int MAX_LEXER_STATES = 4_096;
    private static final int MAX_ITEMS = 100_000;

    private final Object lock = new Object();
    private final String field;
    private final VocabularyTrie trie;
    private final Effort effort;
    private final Automaton automaton;
    private final Lexer lexer;
    private final ItemSets sets;
    private final Positions positions;
    private final GrammarMasks masks;

    /** @param field the wire field the grammar came in, for errors */
    CompiledGrammar(String field, ContextFreeGrammar grammar, Expressions expressions, VocabularyTrie trie) {
        this.field = field;
        this.trie = trie;
        expressions.freeze();
        this.effort = new Effort(expressions);
        this.automaton = new Automaton(expressions);
        this.lexer = new Lexer(grammar, automaton);
        this.sets = new ItemSets(grammar, effort);
        this.positions = new Positions(grammar, sets, lexer);
        this.masks = new GrammarMasks(grammar, trie, lexer, sets, positions, effort);
    }

    @Override
    public State start() {
        return new After(guarded(positions::start));
    }

    /** @throws GenerationException.Invalid if it takes too much work */
    private <T> T guarded(Supplier<T> work) {
        synchronized (lock) {
            try {
                effort.begin();
                return work.get();
            } catch (UnsupportedConstraintException e) {
                throw new GenerationException.Invalid(field, field + ": " + e.getMessage());
            }
        }
    }

    private void forgetIfFull() {
        if (positions.size() > MAX_POSITIONS
                || lexer.size() > MAX_LEXER_STATES
                || sets.size() > MAX_ITEMS
                || automaton.full()) {
            automaton.forget();
            lexer.forget();
            sets.forget();
            positions.forget();
            masks.forget();
        }
    }

    private final class After implements State {

        private final Position position;
        private @Nullable BitSet allowed;

        After(Position position) {
            this.position = position;
        }

        @Override
        public BitSet allowed() {
            BitSet tokens = guarded(() -> {
                if (allowed == null) {
                    allowed = masks.allowed(position);
                }
                return allowed;
            });
            if (tokens.isEmpty() && !accepting()) {
                throw new GenerationException.Invalid(
                        field, field + " cannot be met: no token of the vocabulary can follow at this place");
            }
            return tokens;
        }

        @Override
        public boolean accepting() {
            return position.accepting();
        }

        @Override
        public State after(int tokenId) {
            Position next = guarded(() -> {
                forgetIfFull();
                return positions.either(afterText(trie.bytesOf(tokenId)), positions.afterToken(position, tokenId));
            });
            if (next == Positions.DEAD) {
                throw new IllegalArgumentException("token " + tokenId + " cannot follow here; see allowed()");
            }
            return new After(next);
        }

        /** A token without bytes, a special one, is no text. */
        private Position afterText(byte[] bytes) {
            return bytes.length == 0 ? Positions.DEAD : afterBytes(bytes);
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return guarded(() -> afterBytes(bytes)).accepting();
        }

        private Position afterBytes(byte[] bytes) {
            Position next = position;
            for (int i = 0; i < bytes.length && next != Positions.DEAD; i++) {
                next = positions.next(next, bytes[i] & 0xFF);
            }
            return next;
        }
    }
}
