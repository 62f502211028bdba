package io.causalstreams.inference.internal.constraint;

import org.jspecify.annotations.Nullable;

/** A state of a lexeme's automaton; its successors are found when first asked for, see {@link Automaton}. */
final class ByteState {

    /** What is left to come. */
    final Expression rest;

    final boolean accepting;

    /** Successors by byte: null = not asked for yet, {@link Automaton#DEAD} = none. Allocated at first use. */
    @Nullable
    ByteState @Nullable [] next;

    ByteState(Expression rest) {
        this.rest = rest;
        this.accepting = rest.nullable();
    }
}
