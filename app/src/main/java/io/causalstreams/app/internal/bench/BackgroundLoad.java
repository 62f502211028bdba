package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Requests that decode until it is closed; for one that ends another begins.
 *
 * <p>Threading: opened and closed by one thread; the engine's thread starts the successors.
 */
final class BackgroundLoad implements AutoCloseable {
    private static final int PATIENCE_MINUTES = 5;

    private final GenerationEngine engine;
    private final Workload workload;
    private final AtomicLong nextPrompt;
    private final Disposable.Composite streams = Disposables.composite();
    private final CountDownLatch notYetDecoding;
    private volatile @Nullable Throwable failure;

    private BackgroundLoad(GenerationEngine engine, Workload workload, int requests, long firstPrompt) {
        this.engine = engine;
        this.workload = workload;
        this.nextPrompt = new AtomicLong(firstPrompt);
        this.notYetDecoding = new CountDownLatch(requests);
    }

    /** Returns when all {@code requests} decode. */
    static BackgroundLoad start(GenerationEngine engine, Workload workload, int requests, long firstPrompt)
            throws InterruptedException {
        BackgroundLoad load = new BackgroundLoad(engine, workload, requests, firstPrompt);
        for (int i = 0; i < requests; i++) {
            load.next();
        }
        if (!load.notYetDecoding.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            load.close();
            throw new AppException(
                    requests + " requests of the benchmark do not decode at once; are there as many --slots?");
        }
        return load;
    }

    private void next() {
        boolean[] decodes = new boolean[1];
        streams.add(engine.generate(workload.request(nextPrompt.getAndIncrement()))
                .subscribe(event -> onEvent(event, decodes), error -> failure = error, this::next));
    }

    private void onEvent(GenerationEvent event, boolean[] decodes) {
        if (event instanceof GenerationEvent.TokenChunk && !decodes[0]) {
            decodes[0] = true;
            notYetDecoding.countDown();
        }
    }

    /** Throws an {@link AppException} if one of the requests has failed. */
    void requireUnbroken() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AppException("a request of the benchmark failed: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() {
        streams.dispose();
    }
}
