package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * An engine that computes nothing and gives tokens at a pace: in place of a model, to see what everything behind it takes, and
 * to have the JVM compile that in seconds. A step gives one token, always the same, to every running request. Of requests with
 * one choice and a {@code max_tokens}.
 *
 * <p>A step lasts as long as its tokens take at the pace. What listeners do with the tokens of a step is done while the next one
 * lasts, as beside a device that computes by itself; where they take longer than a step, the pace is theirs.
 *
 * <p>Threading: any; one thread of its own gives tokens. Closing it ends that thread, and what still runs ends with no event.
 */
public final class PacedEngine extends ForwardingEngine {
    /** Tokens a second of one request among several that are to warm up what is behind them. */
    static final double RAPID = 500;

    private static final int TOKEN = 1;
    private static final String TEXT = " a";

    private final double nanosPerToken;
    private final BlockingQueue<Run> arriving = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "paced-engine");
    private volatile boolean closed;

    /** @param engine reads requests; closing this engine does not close it */
    public PacedEngine(GenerationEngine engine, double tokensPerSecond) {
        super(engine);
        this.nanosPerToken = 1e9 / tokensPerSecond;
        thread.setDaemon(true);
        thread.start();
    }

    /** A name that says that it is no model. */
    @Override
    public ModelInfo model() {
        return super.model().withName("none");
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        int tokens = Objects.requireNonNull(request.request().sampling().maxTokens(), "max_tokens");
        Run run = new Run(request.promptTokens(), tokens, listener);
        arriving.add(run);
        return run;
    }

    private void run() {
        List<Run> running = new ArrayList<>();
        long due = System.nanoTime();
        try {
            while (!closed) {
                if (running.isEmpty()) {
                    running.add(arriving.take());
                    due = System.nanoTime();
                }
                arriving.drainTo(running);
                due = Math.max(due + (long) (running.size() * nanosPerToken), System.nanoTime());
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                running.removeIf(Run::step);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private static final class Run implements Generation {
        private final int promptTokens;
        private final int tokens;
        private final GenerationListener listener;
        private int given;
        private volatile boolean cancelled;

        Run(int promptTokens, int tokens, GenerationListener listener) {
            this.promptTokens = promptTokens;
            this.tokens = tokens;
            this.listener = listener;
        }

        /** @return whether that was the end */
        boolean step() {
            if (cancelled) {
                return true;
            }
            listener.onTokens(new TokenChunk(0, given++, List.of(TOKEN), TEXT, null));
            if (given < tokens) {
                return false;
            }
            List<Integer> all = Collections.nCopies(tokens, TOKEN);
            Choice choice = new Choice(0, TEXT.repeat(tokens), all, FinishReason.LENGTH, null, null);
            listener.onFinished(
                    new Finished(List.of(choice), new Usage(promptTokens, tokens, 0), List.of(), null, null));
            return true;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
