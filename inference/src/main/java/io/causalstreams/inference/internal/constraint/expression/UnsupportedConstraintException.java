package io.causalstreams.inference.internal.constraint.expression;

/** Why a constraint is refused, without the wire field it came in. */
public final class UnsupportedConstraintException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnsupportedConstraintException(String message) {
        super(message);
    }
}
