package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.LabelScore;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest.Task.Scoring;
import io.causalstreams.inference.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * A ranking on its way: its parts run as requests of their own, and end it together, or the first that fails does.
 *
 * <p>Threading: started on the submitter's thread, ended on the engine's; cancelled on any.
 */
final class RerankRun {
    private final RerankRequest request;
    private final GenerationListener listener;
    private final List<Generation> running = new ArrayList<>();
    private final Double[] scores;
    private int left;
    private int cachedTokens;
    private boolean closed;

    private RerankRun(RerankRequest request, GenerationListener listener) {
        this.request = request;
        this.listener = listener;
        this.left = request.parts().size();
        this.scores = new Double[left];
    }

    /**
     * Starts every part, or none.
     *
     * @param engine runs a part
     * @throws GenerationException as the engine does of a part
     */
    static Generation start(
            RerankRequest request,
            GenerationListener listener,
            BiFunction<TokenizedRequest, GenerationListener, Generation> engine) {
        RerankRun run = new RerankRun(request, listener);
        try {
            for (int index = 0; index < request.parts().size(); index++) {
                run.started(engine.apply(request.parts().get(index), run.part(index)));
            }
        } catch (RuntimeException e) {
            run.cancel();
            throw e;
        }
        return run::cancel;
    }

    private GenerationListener part(int index) {
        return new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {
                throw new IllegalStateException("a score has no tokens");
            }

            @Override
            public void onFinished(GenerationEvent.Finished finished) {
                scored(index, finished);
            }

            @Override
            public void onFailed(GenerationException error) {
                failed(error);
            }
        };
    }

    private synchronized void started(Generation part) {
        running.add(part);
        if (closed) {
            part.cancel();
        }
    }

    private void cancel() {
        List<Generation> parts;
        synchronized (this) {
            closed = true;
            parts = List.copyOf(running);
        }
        parts.forEach(Generation::cancel);
    }

    private void scored(int index, GenerationEvent.Finished finished) {
        List<LabelScore> labels = finished.classification();
        synchronized (this) {
            if (closed) {
                return;
            }
            cachedTokens += finished.usage().cachedTokens();
            if (labels != null) {
                scores[index] = score(index, labels);
                left--;
                if (left > 0) {
                    return;
                }
            }
            closed = true;
        }
        if (labels == null) {
            cancel(); // its deadline is that of all
            listener.onFinished(ended(FinishReason.DEADLINE_EXCEEDED));
        } else {
            listener.onFinished(ended(FinishReason.STOP));
        }
    }

    private void failed(GenerationException error) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        cancel();
        listener.onFailed(error);
    }

    private double score(int index, List<LabelScore> labels) {
        if (request.scoring() == Scoring.YES_NO) {
            return labels.get(0).probability();
        }
        List<TokenizedRequest.Label> asked =
                Objects.requireNonNull(request.parts().get(index).labels);
        return labels.get(0).logprob() / asked.get(0).tokens.length;
    }

    private GenerationEvent.Finished ended(FinishReason reason) {
        return new GenerationEvent.Finished(
                List.of(new GenerationEvent.Choice(0, "", List.of(), reason, null, null)),
                new Usage(request.promptTokens(), 0, cachedTokens),
                List.of(),
                null,
                null,
                null,
                reason == FinishReason.STOP ? Arrays.asList(scores) : null);
    }
}
