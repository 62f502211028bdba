package io.causalstreams.inference.internal.sampling;

/** The logits of one sequence leave no token to choose: they hold NaN, or everything is masked. The message says which. */
public final class SamplingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SamplingException(String message) {
        super(message);
    }
}
