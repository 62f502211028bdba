package io.causalstreams.inference.internal.constraint.expression;

/**
 * One way to understand the text so far.
 *
 * @param at position in the lexeme that is being written
 * @param then what has to follow the lexeme: the stack
 */
public record Reading(ByteState at, Expression then) {

    /** Whether the text may end here. */
    public boolean accepting() {
        return at.accepting && then.nullable();
    }

    /** Whether nothing can follow. */
    public boolean ended() {
        return at.rest == Expressions.EMPTY && then == Expressions.EMPTY;
    }
}
