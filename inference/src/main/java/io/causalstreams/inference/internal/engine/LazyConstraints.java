package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.LateConstraint;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compiles constraints beside the submitting threads, which wait only as long as most take: what takes longer is handed out
 * as a {@link LateConstraint} and its request waits in the engine.
 *
 * <p>The compiler with its view of the vocabulary is built when the first constrained request comes. Two requests for the same
 * constraint have it compiled once. Threading: any thread.
 */
final class LazyConstraints implements Function<OutputConstraint, TokenConstraint> {

    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final int THREADS = 2;

    /** Bytes; schemas are nested, and so is what reads them. */
    private static final long STACK = 8L << 20;

    private final Function<OutputConstraint, TokenConstraint> compile;
    private final Duration patience;
    private final Executor helpers;
    private final Map<OutputConstraint, CompletableFuture<TokenConstraint>> compiling = new HashMap<>();

    LazyConstraints(Tokenizer tokenizer) {
        this(tokenizer, EngineConfig.defaults());
    }

    LazyConstraints(Tokenizer tokenizer, EngineConfig config) {
        this(new Compiler(tokenizer, config), PATIENCE, helpers());
    }

    /**
     * @param compile compiles or throws Invalid, on a thread of {@code helpers}
     * @param patience how long a submitting thread waits
     */
    LazyConstraints(Function<OutputConstraint, TokenConstraint> compile, Duration patience, Executor helpers) {
        this.compile = compile;
        this.patience = patience;
        this.helpers = helpers;
    }

    /** Daemon threads that end when there is nothing to do: nobody has to close them. */
    private static Executor helpers() {
        ThreadPoolExecutor helpers =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "causal-streams-constraints", STACK);
                    thread.setDaemon(true);
                    return thread;
                });
        helpers.allowCoreThreadTimeOut(true);
        return helpers;
    }

    /** @throws io.causalstreams.inference.GenerationException.Invalid if it is found within the patience that it cannot be met */
    @Override
    public TokenConstraint apply(OutputConstraint constraint) {
        CompletableFuture<TokenConstraint> compiled = compiled(constraint);
        try {
            return compiled.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new LateConstraint(compiled);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new LateConstraint(compiled);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private CompletableFuture<TokenConstraint> compiled(OutputConstraint constraint) {
        CompletableFuture<TokenConstraint> future;
        synchronized (compiling) {
            future = compiling.get(constraint);
            if (future != null) {
                return future;
            }
            future = new CompletableFuture<>();
            compiling.put(constraint, future);
        }
        CompletableFuture<TokenConstraint> begun = future;
        helpers.execute(() -> {
            try {
                begun.complete(compile.apply(constraint));
            } catch (Throwable e) {
                begun.completeExceptionally(e);
            } finally {
                synchronized (compiling) {
                    compiling.remove(constraint);
                }
            }
        });
        return begun;
    }

    private static final class Compiler implements Function<OutputConstraint, TokenConstraint> {
        private final Tokenizer tokenizer;
        private final SchemaOptions options;
        private @Nullable ConstraintCompiler compiler;

        Compiler(Tokenizer tokenizer, EngineConfig config) {
            this.tokenizer = tokenizer;
            this.options = new SchemaOptions(config.undeclaredProperties(), config.anyPropertyOrder());
        }

        @Override
        public TokenConstraint apply(OutputConstraint constraint) {
            return compiler().compile(constraint);
        }

        private synchronized ConstraintCompiler compiler() {
            ConstraintCompiler known = compiler;
            if (known == null) {
                known = new ConstraintCompiler(Vocabulary.of(tokenizer), options);
                compiler = known;
            }
            return known;
        }
    }
}
