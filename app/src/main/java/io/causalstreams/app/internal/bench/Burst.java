package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Requests that all start at once, with the moments of their tokens.
 *
 * @param requests in the order of submission, each with at least one token
 */
record Burst(List<Timeline> requests) {

    /**
     * Runs {@code requests} and waits for the last.
     *
     * @throws AppException if a request fails or has no token
     */
    static Burst run(GenerationEngine engine, List<GenerationRequest> requests) throws InterruptedException {
        long start = System.nanoTime();
        CountDownLatch open = new CountDownLatch(requests.size());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Timeline> timelines =
                requests.stream().map(request -> new Timeline(request, start)).toList();
        for (Timeline each : timelines) {
            engine.generate(each.request())
                    .doFinally(signal -> open.countDown())
                    .subscribe(each::add, failure::set);
        }
        open.await();
        if (failure.get() != null) {
            throw new AppException(
                    "a request of the benchmark failed: " + failure.get().getMessage(), failure.get());
        }
        for (Timeline each : timelines) {
            if (each.tokens().isEmpty()) {
                throw new AppException("request " + each.request().id() + " of the benchmark has no token");
            }
        }
        return new Burst(timelines);
    }

    /** Seconds from the start to each request's first token. */
    double[] timesToFirstToken() {
        return requests.stream().mapToDouble(Timeline::first).toArray();
    }

    /** Seconds from the start to the end of the last request. */
    double duration() {
        return requests.stream().mapToDouble(Timeline::last).max().orElseThrow();
    }

    /**
     * Tokens per second of all requests together while every one of them decodes: after the last one's first token and
     * before the first one's end. NaN when there is no such time.
     */
    double decodeTokensPerSecond() {
        double from = requests.stream().mapToDouble(Timeline::first).max().orElseThrow();
        double to = requests.stream().mapToDouble(Timeline::last).min().orElseThrow();
        long tokens =
                requests.stream().mapToLong(each -> each.tokensWithin(from, to)).sum();
        return to > from ? tokens / (to - from) : Double.NaN;
    }

    /** Tokens per second of each request after its first token, added up. */
    double sumOfDecodeSpeeds() {
        return requests.stream()
                .mapToDouble(each -> (each.tokens().size() - 1) / (each.last() - each.first()))
                .sum();
    }
}
