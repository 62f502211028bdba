package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One request: its tokens and their moments, in seconds since {@code start}.
 *
 * <p>Threading: written by the engine's thread; read by another one after a safe publication.
 */
final class Timeline {
    private final GenerationRequest request;
    private final long startNanos;
    private final List<Integer> tokens = new ArrayList<>();
    private double[] moments = new double[64];

    Timeline(GenerationRequest request, long startNanos) {
        this.request = request;
        this.startNanos = startNanos;
    }

    void add(GenerationEvent event) {
        if (event instanceof GenerationEvent.TokenChunk chunk) {
            int end = tokens.size() + chunk.tokenIds().size();
            if (end > moments.length) {
                moments = Arrays.copyOf(moments, 2 * end);
            }
            Arrays.fill(moments, tokens.size(), end, (System.nanoTime() - startNanos) / 1e9);
            tokens.addAll(chunk.tokenIds());
        }
    }

    GenerationRequest request() {
        return request;
    }

    List<Integer> tokens() {
        return tokens;
    }

    double first() {
        return moments[0];
    }

    double last() {
        return moments[tokens.size() - 1];
    }

    long tokensWithin(double afterSeconds, double untilSeconds) {
        return Arrays.stream(moments, 0, tokens.size())
                .filter(moment -> moment > afterSeconds && moment <= untilSeconds)
                .count();
    }
}
