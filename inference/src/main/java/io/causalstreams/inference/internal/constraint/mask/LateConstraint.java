package io.causalstreams.inference.internal.constraint.mask;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A constraint that is still being compiled. Until it {@link #isReady}, what is asked of its states waits; if compiling fails,
 * that answers with its failure. Threading: any thread.
 */
public final class LateConstraint implements TokenConstraint {

    private final CompletableFuture<TokenConstraint> compiled;

    public LateConstraint(CompletableFuture<TokenConstraint> compiled) {
        this.compiled = compiled;
    }

    @Override
    public boolean isReady() {
        return compiled.isDone();
    }

    @Override
    public void whenReady(Runnable action) {
        var unused = compiled.whenComplete((constraint, failure) -> action.run());
    }

    @Override
    public State start() {
        return new Start();
    }

    private State compiledStart() {
        try {
            return compiled.join().start();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private final class Start implements State {
        @Override
        public BitSet allowed() {
            return compiledStart().allowed();
        }

        @Override
        public boolean accepting() {
            return compiledStart().accepting();
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return compiledStart().acceptsAfter(bytes);
        }

        @Override
        public State after(int tokenId) {
            return compiledStart().after(tokenId);
        }
    }
}
