package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Usage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * An engine that computes nothing: one token, always the same, of every request each {@value #STEP_MILLIS} ms. What is
 * behind it does in seconds what it does in minutes behind a model, and the JVM compiles it in time. Of requests with
 * one choice and a {@code max_tokens}.
 *
 * <p>Threading: any. Closing it does not close the other engine, which still answers what is no generation.
 */
final class RapidEngine extends ForwardingEngine {
    static final int STEP_MILLIS = 2;

    private static final int TOKEN = 1;
    private static final String TEXT = " a";

    RapidEngine(GenerationEngine engine) {
        super(engine);
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        int tokens = Objects.requireNonNull(request.request().sampling().maxTokens(), "max_tokens");
        Disposable running = Flux.interval(Duration.ofMillis(STEP_MILLIS))
                .onBackpressureBuffer()
                .take(tokens)
                .map(step -> new TokenChunk(0, Math.toIntExact(step), List.of(TOKEN), TEXT, null))
                .subscribe(
                        listener::onTokens,
                        error -> listener.onFailed(new GenerationException.Failed(String.valueOf(error), error)),
                        () -> listener.onFinished(finished(request.promptTokens(), tokens)));
        return running::dispose;
    }

    private static Finished finished(int promptTokens, int tokens) {
        List<Integer> all = Collections.nCopies(tokens, TOKEN);
        Choice choice = new Choice(0, TEXT.repeat(tokens), all, FinishReason.LENGTH, null, null);
        return new Finished(List.of(choice), new Usage(promptTokens, tokens, 0), List.of(), null, null);
    }

    @Override
    public void close() {}
}
