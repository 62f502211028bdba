package io.causalstreams.inference.internal.constraint.mask;

import java.util.BitSet;

/**
 * A compiled {@link io.causalstreams.inference.OutputConstraint} over one vocabulary. Immutable and shared between
 * requests; a position in it is a {@link State}. Threading: any thread.
 */
public interface TokenConstraint {

    /** Before the first token. */
    State start();

    /** Whether its states answer without waiting. Once true, always true. */
    default boolean isReady() {
        return true;
    }

    /** Runs {@code action} when it {@link #isReady}, at once or on another thread. */
    default void whenReady(Runnable action) {
        action.run();
    }

    /** A position after some tokens. Immutable. */
    interface State {

        /**
         * Tokens that can follow; end-of-sequence is not among them, see {@link #accepting}. Cached and shared: do not change.
         * Never empty unless {@link #accepting}.
         */
        BitSet allowed();

        /** Whether the text may end here: then end-of-sequence is allowed too. */
        boolean accepting();

        /** Whether the text may end behind these bytes, which may be the beginning of a token's. */
        boolean acceptsAfter(byte[] bytes);

        /** The position after {@code tokenId}, which must be allowed. */
        State after(int tokenId);
    }
}
