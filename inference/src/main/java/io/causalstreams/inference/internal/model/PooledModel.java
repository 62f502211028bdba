package io.causalstreams.inference.internal.model;

import java.util.List;

/**
 * A model of whole texts, without a cache: vectors, or scores of pairs. The seam between an engine of those and whatever
 * computes them.
 *
 * <p>Threading: one thread at a time.
 */
public interface PooledModel extends AutoCloseable {
    /** Most tokens of a pass over several rows; a single row may have more. */
    int PASS_TOKENS = 1024;

    /** Facts read from the model directory. */
    PooledMetadata metadata();

    /**
     * One pass over all rows, of whatever lengths.
     *
     * @return shape (rows, dimensions), or (rows, 1) of scores; row r is what it would be alone
     * @throws StepFailedException if the runtime fails; it may be tried again
     */
    float[][] run(List<TokenRow> rows);

    /** Releases sessions and native memory. Idempotent. */
    @Override
    void close();
}
