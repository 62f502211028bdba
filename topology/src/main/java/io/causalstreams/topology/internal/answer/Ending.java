package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.event.CompletionEvent.Failure;
import io.causalstreams.topology.event.ErrorCode;
import org.jspecify.annotations.Nullable;

/** How a request ended. */
public sealed interface Ending {

    /** The engine finished it. */
    record Completed(Finished finished) implements Ending {

        /** What its completion tells as error; null = it has its whole answer. */
        public @Nullable ErrorCode error() {
            return ErrorCode.of(finished.choices());
        }

        /** Whether every choice came to its own end. */
        public boolean isWhole() {
            return error() == null;
        }
    }

    /**
     * It has no whole answer.
     *
     * @param cause what the dead letter tells; null = no dead letter
     */
    record Failed(
            Failure failure, FinishReason reason, @Nullable Throwable cause) implements Ending {}

    /** It asked nothing. */
    record Passed() implements Ending {}

    static Ending passed() {
        return new Passed();
    }

    static Ending cancelled(String id) {
        return new Failed(
                new Failure(ErrorCode.CANCELLED, "request " + id + ": it was cancelled", null),
                FinishReason.CANCELLED,
                null);
    }

    static Ending deadlineExceeded(String id) {
        String message = "request " + id + ": its deadline passed before it was finished";
        return new Failed(
                new Failure(ErrorCode.DEADLINE_EXCEEDED, message, "deadline"),
                FinishReason.DEADLINE_EXCEEDED,
                new DeadlineExceededException(message));
    }

    static Ending rejected(String id, int entries) {
        String message = "request " + id + ": " + entries + " requests are waiting; send it again later";
        return new Failed(new Failure(ErrorCode.REJECTED, message, null), FinishReason.ERROR, null);
    }

    /** What an exception of the engine, or of reading the request, means for it. */
    static Ending failed(String id, Throwable cause) {
        if (cause instanceof GenerationException.Invalid invalid) {
            Failure failure = new Failure(
                    ErrorCode.INVALID_REQUEST, "request " + id + ": " + invalid.getMessage(), invalid.parameter());
            return new Failed(failure, FinishReason.ERROR, invalid);
        }
        String message = cause instanceof GenerationException
                ? String.valueOf(cause.getMessage())
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        return new Failed(
                new Failure(ErrorCode.INFERENCE_ERROR, "request " + id + ": " + message, null),
                FinishReason.ERROR,
                cause);
    }

    /** The cause of a dead letter whose request came too late. */
    final class DeadlineExceededException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DeadlineExceededException(String message) {
            super(message);
        }
    }
}
