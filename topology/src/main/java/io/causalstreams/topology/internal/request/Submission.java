package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the engine: what the engine reports of it goes to the task's mailbox, the one hand-off
 * between the two threads.
 *
 * <p>Threading: the engine's thread reports; the stream thread starts and cancels.
 */
final class Submission<K, V> implements GenerationListener {

    private final TaskMailbox<K, V> mailbox;
    private final Request<K, V> request;
    private @Nullable Generation generation;

    Submission(TaskMailbox<K, V> mailbox, Request<K, V> request) {
        this.mailbox = mailbox;
        this.request = request;
    }

    Request<K, V> request() {
        return request;
    }

    /** @throws GenerationException.Busy if the engine is full */
    void start(GenerationEngine engine, PreparedRequest prepared) {
        generation = engine.generate(prepared, this);
    }

    /** Nobody wants the rest. */
    void cancel() {
        if (generation != null) {
            generation.cancel();
        }
    }

    /** It did not get into the engine. */
    void fail(RuntimeException error) {
        mailbox.post(new Report.Failed<>(this, error));
    }

    @Override
    public void onTokens(TokenChunk tokens) {
        mailbox.post(new Report.Tokens<>(this, tokens));
    }

    @Override
    public void onFinished(Finished finished) {
        mailbox.post(new Report.Completed<>(this, finished));
    }

    @Override
    public void onFailed(GenerationException error) {
        mailbox.post(new Report.Failed<>(this, error));
    }
}
