package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.onnx.cache.KvCache.Bindings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tensors over stretches of a cache's slots, made once and kept: two small native objects per layer for each stretch.
 *
 * <p>The same tensor is bound as {@code past_key_values.N.*} and, pinned, as {@code present.N.*}: the attention operator
 * sees equal pointers and appends in place, so a step copies no cache.
 *
 * <p>Threading: engine thread only.
 */
final class CacheTensors implements AutoCloseable {
    private final KvCacheLayout layout;
    private final Maker maker;
    private final Map<Stretch, Bindings> bindings = new HashMap<>();

    private record Stretch(int firstSlot, int rows) {}

    /** Makes the tensor of {@code shape} over {@code bytes} bytes of a block, from {@code offset} on. */
    interface Maker {
        OnnxTensor make(int block, long offset, long bytes, long[] shape) throws OrtException;
    }

    CacheTensors(KvCacheLayout layout, Maker maker) {
        this.layout = layout;
        this.maker = maker;
    }

    /** As {@link KvCache#bind}. */
    Bindings over(int firstSlot, int rows) throws OrtException {
        Stretch stretch = new Stretch(firstSlot, rows);
        @Nullable Bindings known = bindings.get(stretch);
        if (known == null) {
            known = create(stretch);
            bindings.put(stretch, known);
        }
        return known;
    }

    private Bindings create(Stretch stretch) throws OrtException {
        Map<String, OnnxTensor> past = new LinkedHashMap<>();
        Map<String, OnnxTensor> present = new LinkedHashMap<>();
        for (int layer = 0; layer < layout.layers(); layer++) {
            for (int part = 0; part < 2; part++) {
                String name = layer + (part == 0 ? ".key" : ".value");
                OnnxTensor tensor = maker.make(
                        2 * layer + part,
                        stretch.firstSlot() * layout.slotBytes(),
                        stretch.rows() * layout.slotBytes(),
                        layout.shape(stretch.rows()));
                past.put("past_key_values." + name, tensor);
                present.put("present." + name, tensor);
            }
        }
        return new Bindings(past, present);
    }

    @Override
    public void close() {
        for (Bindings binding : bindings.values()) {
            binding.past().values().forEach(OnnxTensor::close);
        }
        bindings.clear();
    }
}
