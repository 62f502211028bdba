package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.CompletionEvent.Failure;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.OutputEvents;
import org.jspecify.annotations.Nullable;

/** How a request ended. */
public sealed interface Ending {

    /** The error its completion reports; null = it has its whole answer. */
    @Nullable
    Failure failure();

    /**
     * Why its original is written as a dead letter; null = it is not. Every failure is, but for two: a cancelled request was
     * not wanted any more, and a rejected one is to be sent again by its sender.
     */
    @Nullable
    Throwable deadLetter();

    /** The code of {@link #failure}, or null. */
    default @Nullable ErrorCode error() {
        Failure failure = failure();
        return failure == null ? null : failure.code();
    }

    /** Whether a completion says so; not where the topic of completions does not take it. */
    default boolean hasCompletion() {
        return true;
    }

    /** Whether the same id sent again is answered with the same; other failures may have passed by then. */
    default boolean isRemembered() {
        return error() == null || error() == ErrorCode.CANCELLED;
    }

    /** The engine finished it; early, when there is a failure. */
    record Completed(Finished finished, @Nullable Failure failure) implements Ending {

        @Override
        public @Nullable Throwable deadLetter() {
            if (failure == null
                    || failure.code() == ErrorCode.CANCELLED
                    || failure.code() == ErrorCode.ANSWER_REFUSED) {
                return null;
            }
            return failure.code() == ErrorCode.DEADLINE_EXCEEDED
                    ? new DeadlineExceededException(failure.message())
                    : new GenerationException.Failed(failure.message(), null);
        }
    }

    /**
     * The same was asked before.
     *
     * @param completion of that request
     */
    record Known(CompletionEvent completion) implements Ending {

        @Override
        public @Nullable Failure failure() {
            return null;
        }

        @Override
        public @Nullable Throwable deadLetter() {
            return null;
        }
    }

    /** It has no whole answer. */
    sealed interface Incomplete extends Ending {

        @Override
        Failure failure();

        /** Of each of its choices. */
        FinishReason reason();
    }

    /** It could not be answered to the end. */
    record Failed(
            Failure failure, FinishReason reason, @Nullable Throwable deadLetter) implements Incomplete {}

    /** A topic does not take its answer. */
    record Refused(Failure failure, Refusal.AnswerRefusedException deadLetter) implements Incomplete {

        @Override
        public FinishReason reason() {
            return FinishReason.ERROR;
        }

        @Override
        public boolean hasCompletion() {
            return deadLetter.refusal().kind() != OutputEvent.Kind.COMPLETION;
        }
    }

    static Ending completed(String id, Finished finished) {
        return new Completed(finished, OutputEvents.failureOf(id, finished.choices()));
    }

    static Ending cancelled(String id) {
        Failure failure = new Failure(ErrorCode.CANCELLED, "request " + id + ": it was cancelled", null);
        return new Failed(failure, FinishReason.CANCELLED, null);
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

    static Ending overBudget(String id, long perHour) {
        String message = "request " + id + ": the records of its key have spent this hour's budget of " + perHour
                + "; send it again later";
        return new Failed(new Failure(ErrorCode.BUDGET_EXCEEDED, message, null), FinishReason.ERROR, null);
    }

    /** A check refused the answer twice. */
    static Ending refused(String id, Finished finished, String why) {
        String message = "request " + id + ": the answer was refused, also the second time: " + why;
        return new Completed(finished, new Failure(ErrorCode.ANSWER_REFUSED, message, null));
    }

    /** What an exception of the engine, of reading the request, or a topic's refusal means for it. */
    static Ending failed(String id, Throwable cause) {
        if (cause instanceof GenerationException.Invalid invalid) {
            Failure failure = new Failure(
                    ErrorCode.INVALID_REQUEST, "request " + id + ": " + invalid.getMessage(), invalid.parameter());
            return new Failed(failure, FinishReason.ERROR, invalid);
        }
        if (cause instanceof Refusal.AnswerRefusedException refused) {
            return new Refused(
                    new Failure(ErrorCode.INVALID_REQUEST, "request " + id + ": " + refused.getMessage(), null),
                    refused);
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
