package io.causalstreams.inference;

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A generation as a reactive stream: prepared and started when it is subscribed, cancelled with the subscription. */
final class GenerationStream {
    private GenerationStream() {}

    static Flux<GenerationEvent> of(GenerationEngine engine, GenerationRequest request) {
        return Flux.create(sink -> start(engine, request, sink), FluxSink.OverflowStrategy.BUFFER);
    }

    private static void start(GenerationEngine engine, GenerationRequest request, FluxSink<GenerationEvent> sink) {
        try {
            Generation generation = engine.generate(engine.prepare(request), new SinkListener(sink));
            sink.onCancel(generation::cancel);
        } catch (GenerationException e) {
            sink.error(e);
        } catch (RuntimeException e) {
            sink.error(new GenerationException.Failed("request " + request.id() + ": " + e, e));
        }
    }

    private record SinkListener(FluxSink<GenerationEvent> sink) implements GenerationListener {
        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            sink.next(tokens);
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            sink.next(finished);
            sink.complete();
        }

        @Override
        public void onFailed(GenerationException error) {
            sink.error(error);
        }
    }
}
