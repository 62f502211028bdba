package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Requests that all start at once, with the moments of their tokens.
 *
 * <p>Threading: {@link #run} by one thread; the engine's thread writes what happens, and the latch hands it over.
 */
final class Burst {
    private final GenerationEngine engine;
    private final long start = System.nanoTime();
    private final List<Watched> requests = new ArrayList<>();
    private final CountDownLatch open;

    private Burst(GenerationEngine engine, int requests) {
        this.engine = engine;
        this.open = new CountDownLatch(requests);
    }

    /** One request: the moments of its tokens, in seconds since the burst began. */
    private static final class Watched {
        private final double[] tokens;
        private int count;
        private @Nullable Throwable failure;

        Watched(int completionTokens) {
            tokens = new double[completionTokens];
        }

        double first() {
            return tokens[0];
        }

        double last() {
            return tokens[tokens.length - 1];
        }
    }

    /**
     * Runs {@code requests} of {@code workload} and waits for the last.
     *
     * @param firstNumber of the prompts
     * @throws AppException if a request fails
     */
    static Burst run(GenerationEngine engine, Workload workload, int requests, long firstNumber)
            throws InterruptedException {
        Burst burst = new Burst(engine, requests);
        for (int i = 0; i < requests; i++) {
            burst.submit(workload, firstNumber + i);
        }
        burst.open.await();
        for (Watched request : burst.requests) {
            if (request.failure != null) {
                throw new AppException(
                        "a request of the benchmark failed: " + request.failure.getMessage(), request.failure);
            }
        }
        return burst;
    }

    private void submit(Workload workload, long number) {
        Watched request = new Watched(workload.completionTokens());
        requests.add(request);
        engine.generate(GenerationRequest.of(
                        "bench-" + number, new Prompt.Tokens(workload.prompt(number)), workload.sampling()))
                .doFinally(signal -> open.countDown())
                .subscribe(event -> onEvent(request, event), failure -> request.failure = failure);
    }

    private void onEvent(Watched request, GenerationEvent event) {
        if (event instanceof GenerationEvent.TokenChunk chunk) {
            int end = request.count + chunk.tokenIds().size();
            Arrays.fill(request.tokens, request.count, end, (System.nanoTime() - start) / 1e9);
            request.count = end;
        }
    }

    /** Seconds from the start to each request's first token. */
    double[] timesToFirstToken() {
        return requests.stream().mapToDouble(Watched::first).toArray();
    }

    /** Seconds from the start to the end of the last request. */
    double duration() {
        return requests.stream().mapToDouble(Watched::last).max().orElseThrow();
    }

    /**
     * Tokens per second of all requests together while every one of them decodes: after the last one's first token and
     * before the first one's end. NaN when there is no such time.
     */
    double decodeTokensPerSecond() {
        double from = requests.stream().mapToDouble(Watched::first).max().orElseThrow();
        double to = requests.stream().mapToDouble(Watched::last).min().orElseThrow();
        long tokens = requests.stream()
                .flatMapToDouble(request -> Arrays.stream(request.tokens))
                .filter(moment -> moment > from && moment <= to)
                .count();
        return to > from ? tokens / (to - from) : Double.NaN;
    }
}
