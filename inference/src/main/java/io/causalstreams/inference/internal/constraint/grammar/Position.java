package io.causalstreams.inference.internal.constraint.grammar;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a text stands in a grammar, between two bytes. Equality is identity, see {@link Positions}. */
final class Position {

    /**
     * A lexeme that has begun.
     *
     * @param from what was expected before it
     */
    record Lexing(LexerState at, ItemSet from) {}

    /** Empty if no lexeme has begun. */
    final Set<Lexing> begun;

    /** What may come if a lexeme ends here; null if none can. */
    final @Nullable ItemSet between;

    /** By byte; null = not asked for yet. */
    private @Nullable Position @Nullable [] next;

    Position(Set<Lexing> begun, @Nullable ItemSet between) {
        this.begun = begun;
        this.between = between;
    }

    boolean accepting() {
        return between != null && between.accepting;
    }

    @Nullable
    Position known(int value) {
        return next == null ? null : next[value];
    }

    void learn(int value, Position to) {
        if (next == null) {
            next = new Position[256];
        }
        next[value] = to;
    }
}
