package io.causalstreams.inference.internal.constraint.mask;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

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
        return new Late(new int[0]);
    }

    /** A state that is found when it is asked for something; a resumed answer goes on to where it was without that. */
    private final class Late implements State {
        private final int[] tokens;
        private @Nullable State found;

        Late(int[] tokens) {
            this.tokens = tokens;
        }

        @Override
        public BitSet allowed() {
            return found().allowed();
        }

        @Override
        public boolean accepting() {
            return found().accepting();
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return found().acceptsAfter(bytes);
        }

        @Override
        public State after(int tokenId) {
            if (isReady()) {
                return found().after(tokenId);
            }
            int[] more = Arrays.copyOf(tokens, tokens.length + 1);
            more[tokens.length] = tokenId;
            return new Late(more);
        }

        private State found() {
            State state = found;
            if (state == null) {
                state = compiled().start();
                for (int token : tokens) {
                    state = state.after(token);
                }
                found = state;
            }
            return state;
        }
    }

    private TokenConstraint compiled() {
        try {
            return compiled.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
