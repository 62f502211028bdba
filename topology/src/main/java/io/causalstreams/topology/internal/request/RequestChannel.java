package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * The engine's events of one submission, kept until the stream thread takes them.
 *
 * <p>Bounded by the engine: at most {@code n * maxTokens + 1} events.
 *
 * <p>Threading: filled by the engine's thread, taken and cancelled by the stream thread.
 */
final class RequestChannel extends BaseSubscriber<GenerationEvent> {

    private final TaskMailbox mailbox;
    private final TrackedRequest request;
    private final AtomicBoolean announced = new AtomicBoolean();

    private List<GenerationEvent> events = new ArrayList<>();
    private @Nullable Throwable error;
    private boolean ended;

    RequestChannel(TaskMailbox mailbox, TrackedRequest request) {
        this.mailbox = mailbox;
        this.request = request;
    }

    TrackedRequest request() {
        return request;
    }

    /** What has come since the last call. */
    News take() {
        // before the lock: an event that comes after this line announces the channel again
        announced.set(false);
        synchronized (this) {
            News news = new News(events, error, ended);
            events = new ArrayList<>();
            return news;
        }
    }

    /** The submission itself failed. */
    void fail(Throwable throwable) {
        hookOnError(throwable);
    }

    /** Whether the submission failed before it reached the engine. */
    synchronized boolean hasFailed() {
        return error != null;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requestUnbounded();
    }

    @Override
    protected void hookOnNext(GenerationEvent event) {
        synchronized (this) {
            events.add(event);
        }
        announce();
    }

    @Override
    protected void hookOnError(Throwable throwable) {
        synchronized (this) {
            error = throwable;
            ended = true;
        }
        announce();
        mailbox.ended();
    }

    @Override
    protected void hookOnComplete() {
        synchronized (this) {
            ended = true;
        }
        announce();
        mailbox.ended();
    }

    private void announce() {
        if (announced.compareAndSet(false, true)) {
            mailbox.offer(this);
        }
    }

    /**
     * Events since the last call.
     *
     * @param error the stream's error, or null
     * @param ended whether the stream has ended
     */
    record News(List<GenerationEvent> events, @Nullable Throwable error, boolean ended) {}
}
