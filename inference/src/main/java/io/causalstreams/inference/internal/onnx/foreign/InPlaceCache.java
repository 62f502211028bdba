package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.onnx.cache.KvCache;
import io.causalstreams.inference.internal.onnx.cache.KvCacheLayout;
import java.util.Map;

/**
 * The slots' own memory as past and present: {@code GroupQueryAttention} sees equal pointers and appends in place.
 *
 * <p>Rows are neighbouring slots. Threading: engine thread only.
 */
final class InPlaceCache implements StepCache {
    private final KvCache cache;

    /** Owns, and closes, {@code cache}. */
    InPlaceCache(KvCache cache) {
        this.cache = cache;
    }

    private record Bound(KvCache.Bindings bindings) implements Step {
        @Override
        public Map<String, OnnxTensor> past() {
            return bindings.past();
        }

        @Override
        public Map<String, OnnxTensor> present() {
            return bindings.present();
        }

        @Override
        public void commit() {}

        @Override
        public void close() {} // the cache keeps its tensors
    }

    @Override
    public KvCacheLayout layout() {
        return cache.layout();
    }

    @Override
    public boolean paddedLeft() {
        return false;
    }

    @Override
    public Step begin(int[] slots, int[] pastLengths, int newTokens) throws OrtException {
        for (int row = 0; row < slots.length; row++) {
            cache.write(slots[row], pastLengths[row] + newTokens);
        }
        return new Bound(cache.bind(slots[0], slots.length));
    }

    @Override
    public void copySlot(int from, int to, int length) {
        cache.copySlot(from, to, length);
    }

    @Override
    public void forget(int slot, int length) {
        cache.forget(slot, length);
    }

    @Override
    public void close() {
        cache.close();
    }
}
