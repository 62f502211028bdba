package io.causalstreams.http.internal.api;

import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.answer.EventId;
import io.causalstreams.http.internal.answer.StreamedAnswer;
import io.causalstreams.http.internal.answer.WholeAnswer;
import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.http.internal.kafka.Outputs;
import io.causalstreams.http.internal.kafka.Prompts;
import io.causalstreams.http.internal.kafka.Prompts.Prompt;
import io.causalstreams.http.internal.kafka.Replays;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Asks over the topics: follows a request's outputs, then publishes its prompt. One whose client leaves is cancelled, unless
 * somebody else follows it.
 *
 * <p>Threading: any.
 */
public final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final Prompts prompts;
    private final Outputs outputs;
    private final Replays replays;
    private final Duration grace;
    private volatile boolean closing;

    /** @param grace how long a client whose stream was cut may resume before its request is cancelled */
    public Answers(Prompts prompts, Outputs outputs, Replays replays, Duration grace) {
        this.prompts = prompts;
        this.outputs = outputs;
        this.replays = replays;
        this.grace = grace;
    }

    /** From now on requests whose clients leave go on: it is the door that leaves. */
    public void close() {
        closing = true;
    }

    /**
     * The completion of a request, once it is there; else an {@link ApiException}. Cancelling the subscription cancels the
     * request, unless it is {@code idempotent}: then its client may ask again.
     */
    Mono<Output.Completion> whole(Prompt prompt, boolean idempotent) {
        return Mono.defer(() -> {
            WholeAnswer answer = new WholeAnswer();
            Outputs.Following following = outputs.follow(prompt.id(), answer);
            return publish(prompt)
                    .then(answer.completion())
                    .doOnCancel(() -> {
                        following.end();
                        if (!idempotent) {
                            cancelUnlessFollowed(prompt);
                        }
                    })
                    .doOnTerminate(following::end);
        });
    }

    /** An answer that is streamed; its prompt is being published. */
    Stream stream(Prompt prompt, boolean idempotent, boolean withUsage) {
        StreamedAnswer answer = StreamedAnswer.of(prompt.id(), withUsage, this::replay);
        Stream stream = new Stream(answer, outputs.follow(prompt.id(), answer), () -> {
            if (idempotent) {
                return;
            }
            if (answer.canBeResumed()) {
                var unused = Mono.delay(grace).subscribe(later -> cancelUnlessFollowed(prompt));
            } else {
                cancelUnlessFollowed(prompt);
            }
        });
        var unused = publish(prompt).subscribe(nothing -> {}, failure -> answer.end(refusal(failure)));
        return stream;
    }

    /** The rest of an answer. */
    Stream resume(EventId last, boolean withUsage) {
        StreamedAnswer answer = StreamedAnswer.behind(last, withUsage, this::replay);
        Stream stream = new Stream(answer, outputs.follow(last.request(), answer), () -> {});
        answer.replay();
        return stream;
    }

    /** An answer with its client. */
    static final class Stream {
        private final StreamedAnswer answer;
        private final Outputs.Following following;
        private final Runnable onLeft;
        private final AtomicBoolean left = new AtomicBoolean();

        /** @param onLeft called when the client leaves before the end */
        Stream(StreamedAnswer answer, Outputs.Following following, Runnable onLeft) {
            this.answer = answer;
            this.following = following;
            this.onLeft = onLeft;
        }

        StreamedAnswer answer() {
            return answer;
        }

        /** The client leaves; any number of times. */
        void leave() {
            if (left.compareAndSet(false, true)) {
                following.end();
                if (!answer.hasEnded()) {
                    onLeft.run();
                }
            }
        }
    }

    private void replay(StreamedAnswer answer) {
        replays.start(answer.request(), answer.createdSeconds(), answer);
    }

    private Mono<Void> publish(Prompt prompt) {
        return outputs.isFailing()
                ? Mono.error(ApiException.unavailable("answers cannot be read at the moment; send it again later"))
                : prompts.publish(prompt).onErrorMap(Answers::refusal);
    }

    static ApiException refusal(Throwable failure) {
        if (failure instanceof ApiException known) {
            return known;
        }
        if (failure instanceof Prompts.UnwritableException unwritable) {
            return ApiException.unwritable(unwritable.field(), String.valueOf(unwritable.getMessage()));
        }
        if (failure instanceof org.apache.kafka.common.errors.RecordTooLargeException) {
            return ApiException.invalid(413, "too_large", "the prompt is larger than its topic takes; shorten it");
        }
        LOG.warn("a prompt could not be published: {}", failure.toString());
        return ApiException.unavailable(
                "the prompt could not be published; send it again, with an Idempotency-Key" + " it is answered once");
    }

    private void cancelUnlessFollowed(Prompt prompt) {
        if (!closing && !outputs.isFollowed(prompt.id())) {
            prompts.cancel(prompt);
        }
    }
}
