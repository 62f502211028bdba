package io.causalstreams.tuning.internal.onnx;

/** ONNX Runtime did not build or run a graph. */
public final class TrainingRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingRuntimeException(String what, Throwable cause) {
        super("ONNX Runtime: " + what + ": " + cause.getMessage(), cause);
    }
}
