package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.onnx.cache.KvCacheLayout;
import java.util.Map;

/**
 * How the cache of some slots is given to a step, and taken back.
 *
 * <p>Threading: engine thread only.
 */
sealed interface StepCache extends AutoCloseable permits InPlaceCache, GrowingCache {

    KvCacheLayout layout();

    /** Whether shorter rows have their padding before their tokens, else behind them; the attention mask must agree. */
    boolean paddedLeft();

    /**
     * Prepares a step that appends {@code newTokens} tokens to every row; row r is slot {@code slots[r]}, of which
     * {@code pastLengths[r]} positions are valid.
     */
    Step begin(int[] slots, int[] pastLengths, int newTokens) throws OrtException;

    /** Copies the first {@code length} positions of slot {@code from} over those of slot {@code to}. */
    void copySlot(int from, int to, int length);

    /** See {@code CausalLm.forget}. */
    default void forget(int slot, int length) {}

    @Override
    void close();

    /** The tensors of one step; closed by whoever began it. */
    interface Step extends AutoCloseable {
        /** Inputs {@code past_key_values.N.key}, {@code .value}. */
        Map<String, OnnxTensor> past();

        /** Pinned outputs {@code present.N.key}, {@code .value}. */
        Map<String, OnnxTensor> present();

        /** The step succeeded: keeps its new positions in the slots. */
        void commit();

        @Override
        void close();
    }
}
