package io.causalstreams.inference.internal.engine.pooled;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.internal.engine.pooled.PooledQueue.Entry;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.PooledModel;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.model.TokenRow;
import io.causalstreams.inference.internal.text.TextEncoder;
import io.causalstreams.inference.internal.text.TextFrame;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests for embeddings and scores: whatever waits goes into the next pass, up to {@link PassLimits}.
 *
 * <pre>
 *   prepare (caller) ─► PooledQueue ═► engine thread: take ─► one pass over all rows ─► listeners
 * </pre>
 *
 * <p>A pass that fails is run again row by row, so that only the request at fault fails; where a single token fails too, it is
 * the model, and the engine is dead.
 *
 * <p>Threading: any thread; listeners are called on the engine's.
 */
public final class PooledEngine implements GenerationEngine {
    private static final Logger LOG = LoggerFactory.getLogger(PooledEngine.class);

    private final PooledModel model;
    private final PooledMetadata metadata;
    private final TextEncoder tokenizer;
    private final PooledPreparation preparation;
    private final PooledQueue queue;
    private final Clock clock;
    private final int slots;
    private final AtomicLong passes = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();
    private final Thread thread;
    private volatile int running;
    private volatile boolean dead;

    private PooledEngine(PooledModel model, TextEncoder tokenizer, TextFrame frame, EngineConfig config, Clock clock) {
        this.model = model;
        this.metadata = model.metadata();
        this.tokenizer = tokenizer;
        this.preparation = new PooledPreparation(metadata, tokenizer, frame);
        this.slots = Math.max(1, config.slots());
        this.queue = new PooledQueue(
                config.slots() + config.maxWaiting(), PassLimits.of(PooledModel.PASS_TOKENS, metadata.heads()));
        this.clock = clock;
        this.thread = new Thread(this::run, "causal-streams-pooled-engine");
        this.thread.setDaemon(true);
    }

    /** Starts an engine that owns, and closes, the model and the tokenizer. */
    public static PooledEngine start(
            PooledModel model, TextEncoder tokenizer, TextFrame frame, EngineConfig config, Clock clock) {
        PooledEngine engine = new PooledEngine(model, tokenizer, frame, config, clock);
        engine.thread.start();
        return engine;
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        queue.checkOpen(request.id());
        try {
            return preparation.prepare(request);
        } catch (GenerationException e) {
            throw e;
        } catch (RuntimeException e) {
            queue.checkOpen(request.id()); // closed meanwhile: the tokenizer is gone, the request is not at fault
            throw e;
        }
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        PooledRequest own = preparation.own(request);
        Long expires = expires(own.request().deadline());
        PooledRun run =
                queue.submit(own.request().id(), order -> new PooledRun(own, metadata, listener, order, expires));
        return () -> {
            run.cancel();
            queue.done(run);
        };
    }

    private @Nullable Long expires(@Nullable Instant deadline) {
        if (deadline == null) {
            return null;
        }
        long most = TimeUnit.DAYS.toSeconds(365);
        long left = Math.max(
                -1, Math.min(most, Duration.between(clock.instant(), deadline).toSeconds()));
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(left);
    }

    private void run() {
        try {
            while (!queue.isClosed()) {
                compute(queue.take());
            }
            end(run -> new GenerationException.Aborted(
                    "request " + run.id() + ": the engine was closed; run it on another"));
        } catch (Throwable e) {
            LOG.error("the engine died", e);
            dead = true; // before any failure is reported: whoever asks then must not be sent here again
            GenerationException.Dead death = new GenerationException.Dead("the engine died: " + e, e);
            queue.close(death);
            end(run -> new GenerationException.Dead("request " + run.id() + ": " + death.getMessage(), e));
        } finally {
            model.close();
            tokenizer.close();
        }
    }

    /** Ends every request; whatever one's listener throws, all others hear of theirs. */
    private void end(Function<PooledRun, GenerationException> error) {
        for (PooledRun run : queue.open()) {
            queue.done(run);
            try {
                run.fail(error.apply(run));
            } catch (Throwable e) {
                LOG.warn("request {}: its listener failed while the engine ended", run.id(), e);
            }
        }
    }

    private void compute(List<Entry> taken) {
        long now = System.nanoTime();
        List<Entry> batch =
                taken.stream().filter(entry -> stillWanted(entry.run(), now)).toList();
        if (batch.isEmpty()) {
            return;
        }
        running = batch.size();
        try {
            computed(batch, pass(batch));
        } catch (StepFailedException e) {
            LOG.warn("a pass over {} texts failed and is run again, text by text", batch.size(), e);
            batch.forEach(this::alone);
        } finally {
            running = 0;
        }
    }

    private boolean stillWanted(PooledRun run, long now) {
        if (!run.isClosed() && run.isPastDeadline(now)) {
            queue.done(run);
            run.expire();
        }
        return !run.isClosed();
    }

    private void alone(Entry entry) {
        if (entry.run().isClosed()) {
            return;
        }
        try {
            List<Entry> batch = List.of(entry);
            computed(batch, pass(batch));
        } catch (StepFailedException e) {
            model.run(List.of(new TokenRow(new int[] {0}, 1))); // if that fails too, it is the model
            queue.done(entry.run());
            entry.run()
                    .fail(new GenerationException.Failed(
                            "request " + entry.run().id() + ": the model failed twice on it", e));
        }
    }

    private float[][] pass(List<Entry> batch) {
        List<TokenRow> rows = batch.stream().map(Entry::row).toList();
        float[][] results = model.run(rows);
        passes.incrementAndGet();
        tokens.addAndGet(rows.stream().mapToInt(TokenRow::length).sum());
        return results;
    }

    private void computed(List<Entry> batch, float[][] results) {
        for (int row = 0; row < results.length; row++) {
            PooledRun run = batch.get(row).run();
            if (run.isLast()) {
                queue.done(run); // before its end is reported, so that whoever hears of it may submit the next
            }
            if (run.computed(batch.get(row).index(), results[row])) {
                queue.done(run);
            }
        }
    }

    @Override
    public ModelInfo model() {
        return new ModelInfo(
                metadata.name(),
                metadata.fingerprint(),
                metadata.vocabularySize(),
                metadata.maxContextTokens(),
                metadata.precision(),
                false);
    }

    @Override
    public EngineStats stats() {
        return new EngineStats(
                queue.waitingRows(), running, slots, passes.get(), 0, tokens.get(), 0, 0, 0, queue.waitingTokens(), 0);
    }

    @Override
    public boolean isAlive() {
        return !dead && !queue.isClosed();
    }

    @Override
    public void close() {
        queue.close(new GenerationException.Aborted("the engine was closed; run it on another"));
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // native memory is freed on that thread: closing is not done before it has ended
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
