package io.causalstreams.inference.internal.engine.pooled;

import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.Usage;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.PooledMetadata.Embeddings;
import io.causalstreams.inference.internal.model.PooledMetadata.Scores;
import io.causalstreams.inference.internal.model.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way through the engine: the rows that are computed, and its one end.
 *
 * <p>Threading: {@link #cancel} any thread; all else the engine's.
 */
final class PooledRun {
    private static final Logger LOG = LoggerFactory.getLogger(PooledRun.class);

    private final PooledRequest request;
    private final PooledMetadata model;
    private final GenerationListener listener;
    private final long order;
    private final @Nullable Long expiresNanos;
    private final float[][] results;
    private int left;
    private volatile boolean closed;

    /**
     * @param order of arrival
     * @param expiresNanos when its deadline passes, on the engine's monotonic clock; null = never
     */
    PooledRun(
            PooledRequest request,
            PooledMetadata model,
            GenerationListener listener,
            long order,
            @Nullable Long expiresNanos) {
        this.request = request;
        this.model = model;
        this.listener = listener;
        this.order = order;
        this.expiresNanos = expiresNanos;
        this.left = request.rows().size();
        this.results = new float[left][];
    }

    String id() {
        return request.request().id();
    }

    int priority() {
        return request.request().priority();
    }

    long order() {
        return order;
    }

    List<TokenRow> rows() {
        return request.rows();
    }

    boolean isClosed() {
        return closed;
    }

    boolean isPastDeadline(long nowNanos) {
        return expiresNanos != null && nowNanos - expiresNanos >= 0;
    }

    /** Nobody listens any more. */
    void cancel() {
        closed = true;
    }

    /** Whether only one row is left to be computed. */
    boolean isLast() {
        return left == 1;
    }

    /** What was computed of row {@code index}; the last one ends the request. @return whether it has ended */
    boolean computed(int index, float[] result) {
        if (closed) {
            return false;
        }
        for (float element : result) {
            if (!Float.isFinite(element)) {
                fail(new GenerationException.Failed(
                        "request " + id() + ": the model gave something that is no number", null));
                return true;
            }
        }
        results[index] = result;
        if (--left > 0) {
            return false;
        }
        end(FinishReason.STOP);
        return true;
    }

    void expire() {
        end(FinishReason.DEADLINE_EXCEEDED);
    }

    void fail(GenerationException error) {
        if (!closed) {
            closed = true;
            notifyListener(() -> listener.onFailed(error));
        }
    }

    private void end(FinishReason reason) {
        if (!closed) {
            closed = true;
            notifyListener(() -> listener.onFinished(finished(reason)));
        }
    }

    private GenerationEvent.Finished finished(FinishReason reason) {
        boolean complete = reason == FinishReason.STOP;
        TokenRow first = request.rows().get(0);
        boolean embeds = model.output() instanceof Embeddings;
        return new GenerationEvent.Finished(
                List.of(new GenerationEvent.Choice(0, "", List.of(), reason, null, null)),
                new Usage(request.promptTokens(), 0, 0),
                embeds ? Arrays.stream(first.ids()).boxed().toList() : List.of(),
                null,
                null,
                complete && model.output() instanceof Embeddings output ? embedding(output) : null,
                complete && model.output() instanceof Scores output ? ranking(output) : null);
    }

    private Embedding embedding(Embeddings output) {
        Embedding whole = Embedding.of(results[0]);
        Integer dimensions = request.request().task() instanceof Task.Embed embed ? embed.dimensions() : null;
        if (dimensions != null && dimensions < whole.dimensions()) {
            return whole.truncated(dimensions).normalized();
        }
        return output.normalized() ? whole.normalized() : whole;
    }

    private List<Double> ranking(Scores output) {
        List<Double> scores = new ArrayList<>();
        for (float[] result : results) {
            scores.add(output.sigmoid() ? 1 / (1 + Math.exp(-result[0])) : result[0]);
        }
        return scores;
    }

    /** A listener that throws has left; it must not take the engine's thread along. */
    private void notifyListener(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.warn("request {}: its listener failed and is dropped", id(), e);
        }
    }
}
