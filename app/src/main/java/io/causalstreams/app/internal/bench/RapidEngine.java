package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Usage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        int tokens = Objects.requireNonNull(request.sampling().maxTokens(), "max_tokens");
        return Flux.interval(Duration.ofMillis(STEP_MILLIS))
                .onBackpressureBuffer()
                .take(tokens)
                .<GenerationEvent>map(step -> new TokenChunk(0, Math.toIntExact(step), List.of(TOKEN), TEXT, null))
                .concatWithValues(finished(request, tokens));
    }

    private Finished finished(GenerationRequest request, int tokens) {
        List<Integer> all = Collections.nCopies(tokens, TOKEN);
        Choice choice = new Choice(0, TEXT.repeat(tokens), all, FinishReason.LENGTH, null, null);
        return new Finished(List.of(choice), new Usage(promptTokens(request), tokens, 0), List.of(), null, null);
    }

    @Override
    public void close() {}
}
