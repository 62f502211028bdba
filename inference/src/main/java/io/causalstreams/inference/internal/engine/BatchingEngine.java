package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.PreparedRequest;
import java.nio.file.Path;
import java.util.Set;

/** The public door. Any thread. */
final class BatchingEngine implements GenerationEngine {
    private final ModelInfo model;
    private final ModelFacts facts;
    private final RequestPreparation preparation;
    private final Adapters adapters;
    private final RerankPreparation reranking;
    private final SubmissionQueue queue;
    private final EngineLoop loop;
    private final EngineThread thread;

    BatchingEngine(
            ModelInfo model,
            ModelFacts facts,
            RequestPreparation preparation,
            Adapters adapters,
            SubmissionQueue queue,
            EngineLoop loop,
            EngineThread thread) {
        this.model = model;
        this.facts = facts;
        this.preparation = preparation;
        this.adapters = adapters;
        this.reranking = new RerankPreparation(preparation::prepare, model.chatTemplate(), queue.limit());
        this.queue = queue;
        this.loop = loop;
        this.thread = thread;
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        queue.checkOpen(request.id());
        try {
            return request.task() instanceof GenerationRequest.Task.Rerank rerank
                    ? reranking.prepare(request, rerank)
                    : preparation.prepare(request);
        } catch (GenerationException e) {
            throw e;
        } catch (RuntimeException e) {
            queue.checkOpen(request.id()); // closed meanwhile: the tokenizer is gone, the request is not at fault
            throw e;
        }
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        if (request instanceof RerankRequest ranking) {
            ranking.parts().forEach(preparation::own);
            return RerankRun.start(ranking, listener, this::run);
        }
        return run(preparation.own(request), listener);
    }

    private Generation run(TokenizedRequest tokenized, GenerationListener listener) {
        RequestRun run = queue.submit(tokenized.id, () -> new RequestRun(tokenized, facts, listener));
        if (tokenized.constraint != null) {
            tokenized.constraint.whenReady(thread::wake);
        }
        return () -> queue.cancel(run);
    }

    @Override
    public ModelInfo model() {
        return model;
    }

    @Override
    public void loadAdapter(String name, Path file) {
        adapters.load(name, file);
    }

    @Override
    public boolean unloadAdapter(String name) {
        return adapters.unload(name);
    }

    @Override
    public Set<String> adapters() {
        return adapters.names();
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
}
