package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/** A real engine whose events of long requests arrive as slowly as those of a large model. Closes the engine. */
final class SlowEngine extends ForwardingEngine {
    private final Duration perToken;
    private final int longTokens;

    /** @param longTokens requests of fewer tokens are not slowed down */
    SlowEngine(GenerationEngine engine, Duration perToken, int longTokens) {
        super(engine);
        this.perToken = perToken;
        this.longTokens = longTokens;
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        Integer tokens = request.request().sampling().maxTokens();
        if (tokens != null && tokens < longTokens) {
            return super.generate(request, listener);
        }
        Sinks.Many<Runnable> calls = Sinks.many().unicast().onBackpressureBuffer();
        Disposable slowly = calls.asFlux().delayElements(perToken).subscribe(Runnable::run);
        Generation running = super.generate(request, new Later(calls, listener));
        return () -> {
            running.cancel();
            slowly.dispose();
        };
    }

    /** Puts off every call of a listener. */
    private record Later(Sinks.Many<Runnable> calls, GenerationListener listener) implements GenerationListener {
        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            calls.tryEmitNext(() -> listener.onTokens(tokens)).orThrow();
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            calls.tryEmitNext(() -> listener.onFinished(finished)).orThrow();
        }

        @Override
        public void onFailed(GenerationException error) {
            calls.tryEmitNext(() -> listener.onFailed(error)).orThrow();
        }
    }
}
