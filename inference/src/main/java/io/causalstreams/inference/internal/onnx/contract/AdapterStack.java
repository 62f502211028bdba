package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.onnx.cache.NativeMemory;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The A and B of all adapters of one product, one behind the other in native memory, in one rank: that of the largest. Smaller ones
 * are filled up with zeros.
 *
 * <p>Threading: made on any thread, then engine thread only.
 */
final class AdapterStack implements AutoCloseable {
    private final OrtEnvironment environment;
    private final AdaptedProduct product;
    private final Map<Long, Slice> slices = new HashMap<>();
    private final Slice empty;
    private @Nullable NativeMemory memory;
    private int places;
    private int rank;

    /**
     * Some places.
     *
     * @param a (places, inputs, rank)
     * @param b (places, rank, outputs)
     */
    record Slice(OnnxTensor a, OnnxTensor b) {
        void close() {
            a.close();
            b.close();
        }
    }

    AdapterStack(OrtEnvironment environment, AdaptedProduct product) throws OrtException {
        this.environment = environment;
        this.product = product;
        this.empty = new Slice(
                OnnxTensor.createTensor(environment, new float[1][product.inputs()][1]),
                OnnxTensor.createTensor(environment, new float[1][1][product.outputs()]));
    }

    /** What a pass gets that does not use it. */
    Slice empty() {
        return empty;
    }

    /**
     * Writes a pair at {@code place}, and all anew where they need more room.
     *
     * @param pairs by place; null for an adapter that adds nothing here
     */
    void put(int place, List<AdapterWeights.@Nullable Pair> pairs) {
        int needed = pairs.stream()
                .mapToInt(pair -> pair == null ? 0 : pair.rank())
                .max()
                .orElse(0);
        if (needed <= rank && pairs.size() <= places) {
            write(place, pairs.get(place));
        } else if (needed > 0) {
            forget();
            rank = needed;
            places = Math.max(pairs.size(), 2 * places);
            memory = NativeMemory.allocate(places * placeFloats() * Float.BYTES);
            for (int each = 0; each < places; each++) {
                write(each, each < pairs.size() ? pairs.get(each) : null);
            }
        }
    }

    /** {@code count} places from {@code first} on. */
    Slice slice(int first, int count) throws OrtException {
        long key = (long) first << 32 | count;
        Slice known = slices.get(key);
        if (known == null) {
            known = new Slice(
                    OnnxTensor.createTensor(environment, a(first, count), new long[] {count, product.inputs(), rank}),
                    OnnxTensor.createTensor(environment, b(first, count), new long[] {count, rank, product.outputs()}));
            slices.put(key, known);
        }
        return known;
    }

    private void write(int place, AdapterWeights.@Nullable Pair pair) {
        if (rank == 0) {
            return;
        }
        FloatBuffer a = a(place, 1);
        FloatBuffer b = b(place, 1);
        zero(a);
        zero(b);
        if (pair != null) {
            for (int input = 0; input < product.inputs(); input++) {
                a.put(input * rank, pair.a(), input * pair.rank(), pair.rank());
            }
            b.put(0, pair.b(), 0, pair.rank() * product.outputs());
        }
    }

    private static void zero(FloatBuffer buffer) {
        buffer.put(0, new float[buffer.capacity()]);
    }

    private FloatBuffer a(int first, int count) {
        long size = (long) product.inputs() * rank;
        return view(first * size, count * size);
    }

    private FloatBuffer b(int first, int count) {
        long size = (long) product.outputs() * rank;
        return view((long) places * product.inputs() * rank + first * size, count * size);
    }

    private FloatBuffer view(long from, long count) {
        NativeMemory all = memory;
        if (all == null) {
            throw new IllegalStateException("a stack without adapters");
        }
        return all.view(from * Float.BYTES, count * Float.BYTES).asFloatBuffer();
    }

    private long placeFloats() {
        return ((long) product.inputs() + product.outputs()) * rank;
    }

    private void forget() {
        slices.values().forEach(Slice::close);
        slices.clear();
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }

    @Override
    public void close() {
        forget();
        empty.close();
    }
}
