package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Reading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far the terminals are written that began at the same place, see {@link Lexer}. Equality is identity. */
final class LexerState {

    /** A terminal and its position. */
    record Member(int terminal, List<Reading> at) {}

    final List<Member> members;

    /** The terminals that are complete here. */
    final List<Integer> complete;

    /** Whether nothing is read on: nothing can be, or a lazy terminal is complete. */
    final boolean closed;

    /** By byte; null = not asked for yet. */
    final @Nullable LexerState[] next = new LexerState[256];

    LexerState(List<Member> members, List<Integer> complete, boolean closed) {
        this.members = members;
        this.complete = complete;
        this.closed = closed;
    }
}
