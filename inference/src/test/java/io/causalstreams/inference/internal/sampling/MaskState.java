package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.BitSet;

/** A place in a constraint that only says what may follow. */
record MaskState(BitSet allowed, boolean accepting) implements TokenConstraint.State {
    @Override
    public boolean acceptsAfter(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TokenConstraint.State after(int tokenId) {
        throw new UnsupportedOperationException();
    }
}
