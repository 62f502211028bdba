package io.causalstreams.inference.internal.constraint;

/**
 * One way to understand the text so far.
 *
 * @param at position in the lexeme that is being written
 * @param then what has to follow the lexeme: the stack
 */
record Reading(ByteState at, Expression then) {

    boolean accepting() {
        return at.accepting && then.nullable();
    }
}
