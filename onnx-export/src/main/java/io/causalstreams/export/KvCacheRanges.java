package io.causalstreams.export;

import java.nio.file.Path;

/**
 * Asks an export for a KV cache of eight bits: how large keys and values become decides its steps.
 *
 * <p>This module runs no models, so the caller brings the runtime.
 */
@FunctionalInterface
public interface KvCacheRanges {

    /**
     * Runs a model directory, whose cache is of fp32, over texts.
     *
     * @return the largest absolute value of each channel of the cache, above 0; shape (2 · layers, kv_heads · head_dim), row 2·l the
     *     keys of layer l, row 2·l + 1 its values. Of keys, channels c and c + head_dim / 2 of a head turn into each other with the
     *     position: both have the largest length of the pair,
     *     which no position exceeds but where keys are scaled channel by channel after they have turned
     */
    float[][] largest(Path modelDirectory);
}
