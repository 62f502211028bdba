package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** The public door: the only class that knows Reactor. Any thread. */
final class BatchingEngine implements GenerationEngine {
    private final ModelInfo model;
    private final ModelFacts facts;
    private final RequestPreparation preparation;
    private final SubmissionQueue queue;
    private final EngineLoop loop;
    private final EngineThread thread;

    BatchingEngine(
            ModelInfo model,
            ModelFacts facts,
            RequestPreparation preparation,
            SubmissionQueue queue,
            EngineLoop loop,
            EngineThread thread) {
        this.model = model;
        this.facts = facts;
        this.preparation = preparation;
        this.queue = queue;
        this.loop = loop;
        this.thread = thread;
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return Flux.create(sink -> submit(request, sink), FluxSink.OverflowStrategy.BUFFER);
    }

    @Override
    public void validate(GenerationRequest request) {
        prepared(request);
    }

    @Override
    public int promptTokens(GenerationRequest request) {
        return checked(request, () -> preparation.promptTokens(request).length);
    }

    @Override
    public ModelInfo model() {
        return model;
    }

    @Override
    public EngineStats stats() {
        return loop.stats();
    }

    @Override
    public boolean isAlive() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        thread.close();
    }

    private void submit(GenerationRequest request, FluxSink<GenerationEvent> sink) {
        RequestRun run;
        try {
            run = new RequestRun(prepared(request), facts, new SinkListener(sink));
            queue.submit(run);
        } catch (GenerationException e) {
            sink.error(e);
            return;
        } catch (RuntimeException e) {
            sink.error(new GenerationException.Failed("request " + request.id() + ": " + e, e));
            return;
        }
        sink.onCancel(() -> queue.cancel(run));
    }

    private PreparedRequest prepared(GenerationRequest request) {
        return checked(request, () -> preparation.prepare(request));
    }

    private <T> T checked(GenerationRequest request, Supplier<T> read) {
        queue.checkOpen(request.id());
        try {
            return read.get();
        } catch (GenerationException e) {
            throw e;
        } catch (RuntimeException e) {
            queue.checkOpen(request.id()); // closed meanwhile: the tokenizer is gone, the request is not at fault
            throw e;
        }
    }

    private record SinkListener(FluxSink<GenerationEvent> sink) implements RequestListener {
        @Override
        public void onChunk(GenerationEvent.TokenChunk chunk) {
            sink.next(chunk);
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            sink.next(finished);
            sink.complete();
        }

        @Override
        public void onError(GenerationException error) {
            sink.error(error);
        }
    }
}
