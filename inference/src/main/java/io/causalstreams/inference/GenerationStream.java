package io.causalstreams.inference;

import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** A generation as a reactive stream: prepared and started when it is subscribed, cancelled with the subscription. */
final class GenerationStream {
    private GenerationStream() {}

    /**
     * @param id of the request, for messages
     * @param start prepares and starts it, at every subscription
     */
    static Flux<GenerationEvent> of(String id, Function<GenerationListener, Generation> start) {
        return Flux.create(sink -> start(id, start, sink), FluxSink.OverflowStrategy.BUFFER);
    }

    private static void start(
            String id, Function<GenerationListener, Generation> start, FluxSink<GenerationEvent> sink) {
        try {
            Generation generation = start.apply(new SinkListener(sink));
            sink.onCancel(generation::cancel);
        } catch (GenerationException e) {
            sink.error(e);
        } catch (RuntimeException e) {
            sink.error(new GenerationException.Failed("request " + id + ": " + e, e));
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
