package io.causalstreams.tuning.internal.model;

import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import io.causalstreams.tuning.internal.onnx.NativeTensor;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of all layers, which do not learn.
 *
 * <p>Matrices that are kept in few bits are unpacked when their layer runs, into memory that layers of the same structure share:
 * at any time one layer is there in fp32. Gradients go through what was unpacked.
 *
 * <p>Threading: one thread.
 */
final class FrozenWeights implements AutoCloseable {
    private final FrozenStorage storage;
    private final Map<Integer, Layer> layers = new HashMap<>();
    /** Where packed matrices are unpacked, and whose matrix is there. */
    private final Map<Tensor, Unpacked> unpacked = new HashMap<>();

    private record Layer(Map<Tensor, NativeTensor> plain, Map<Tensor, BlockQuantised> packed) {}

    private static final class Unpacked {
        private final FloatBuffer memory;
        private final NativeTensor tensor;
        private int layer = -1;

        Unpacked(Tensor like) {
            memory = NativeTensor.memory(like.elements());
            tensor = NativeTensor.over(memory, shape(like));
        }
    }

    FrozenWeights(FrozenStorage storage) {
        this.storage = storage;
    }

    /** Reads a layer's weights. */
    void load(int index, Map<Tensor, Weight> weights) {
        Layer layer = new Layer(new LinkedHashMap<>(), new LinkedHashMap<>());
        weights.forEach((tensor, weight) -> {
            if (storage == FrozenStorage.FP32 || weight.columns() == 1) {
                layer.plain().put(tensor, read(tensor, weight));
            } else {
                layer.packed().put(tensor, BlockQuantised.of(weight, storage));
            }
        });
        layers.put(index, layer);
    }

    /** All weights of a layer in fp32; valid until another layer is asked for. */
    Map<Tensor, NativeTensor> of(int index) {
        Layer layer = layers.get(index);
        if (layer == null) {
            throw new IllegalArgumentException("layer " + index + " was not loaded");
        }
        Map<Tensor, NativeTensor> all = new LinkedHashMap<>(layer.plain());
        layer.packed().forEach((tensor, packed) -> {
            Unpacked place = unpacked.computeIfAbsent(tensor, Unpacked::new);
            if (place.layer != index) {
                packed.unpack(place.memory);
                place.layer = index;
            }
            all.put(tensor, place.tensor);
        });
        return all;
    }

    /** A weight in native memory of its own. */
    static NativeTensor read(Tensor tensor, Weight weight) {
        return readInto(NativeTensor.memory(tensor.elements()), tensor, weight);
    }

    /** A weight in memory of the caller's. */
    static NativeTensor readInto(FloatBuffer memory, Tensor tensor, Weight weight) {
        RowReader reader = weight.open();
        int columns = weight.columns();
        Pieces.forEach(
                weight.rows(),
                columns,
                (first, count) -> memory.put(first * columns, reader.read(first, count, columns)));
        return NativeTensor.over(memory, shape(tensor));
    }

    private static long[] shape(Tensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public void close() {
        layers.values().forEach(layer -> layer.plain().values().forEach(NativeTensor::close));
        unpacked.values().forEach(place -> place.tensor.close());
    }
}
