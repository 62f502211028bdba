package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.internal.model.Logits;

/** Buffers of vocabulary size, one set per thread, grown on demand: thousands of choices share one engine thread. */
final class Workspace {
    private static final ThreadLocal<Workspace> OF_THREAD = ThreadLocal.withInitial(Workspace::new);

    private final Candidates candidates = new Candidates();
    private final KnownBest best = new KnownBest();
    private float[] row = new float[0];
    private double[] weights = new double[0];

    static Workspace ofThread() {
        return OF_THREAD.get();
    }

    /** A copy of one row of logits in an array of at least vocabulary size; valid until the next call on this thread. */
    float[] row(Logits logits, int index) {
        if (row.length < logits.vocabulary()) {
            row = new float[logits.vocabulary()];
        }
        logits.copyRow(index, row);
        return row;
    }

    /** An array of at least {@code size}, of any content; valid until the next call on this thread. */
    double[] weights(int size) {
        if (weights.length < size) {
            weights = new double[size];
        }
        return weights;
    }

    /** Valid until the next call on this thread. */
    KnownBest best() {
        return best;
    }

    /** Valid until the next call on this thread. */
    Candidates candidates() {
        return candidates;
    }
}
