package io.causalstreams.inference.internal.constraint;

/** Why a constraint is refused, without the wire field it came in. */
final class UnsupportedConstraintException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedConstraintException(String message) {
        super(message);
    }
}
