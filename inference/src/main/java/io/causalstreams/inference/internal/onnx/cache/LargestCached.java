package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;

/** How large the keys and values in a cache of fp32 are, channel by channel. */
public final class LargestCached {
    private LargestCached() {}

    /**
     * The largest of each channel in the first {@code length} positions of {@code slot}: of values its absolute value, of keys the length of
     * the pair that it turns in with its position, channels c and c + headDim / 2 of a head.
     *
     * @return shape (2 · layers, kvHeads · headDim), row 2·l the keys of layer l, row 2·l + 1 its values
     */
    public static float[][] of(KvCache cache, int slot, int length) throws OrtException {
        KvCacheLayout layout = cache.layout();
        float[][] largest = new float[2 * layout.layers()][];
        int block = 0;
        for (OnnxTensor tensor : cache.bind(slot, 1).past().values()) { // in the order of layers, keys before values
            boolean keys = block % 2 == 0;
            largest[block++] = ofBlock(tensor.getFloatBuffer(), layout, length, keys ? layout.headDim() / 2 : 0);
        }
        return largest;
    }

    /** @param partner how far the other channel of a pair is; 0 = there are no pairs */
    private static float[] ofBlock(FloatBuffer block, KvCacheLayout layout, int length, int partner) {
        int headDim = layout.headDim();
        float[] largest = new float[layout.kvHeads() * headDim];
        for (int head = 0; head < layout.kvHeads(); head++) {
            for (int position = 0; position < length; position++) {
                int first = (head * layout.positions() + position) * headDim;
                for (int channel = 0; channel < headDim; channel++) {
                    float value = block.get(first + channel);
                    float other = partner == 0 ? 0 : block.get(first + (channel + partner) % headDim);
                    int at = head * headDim + channel;
                    largest[at] = Math.max(largest[at], (float) Math.hypot(value, other));
                }
            }
        }
        return largest;
    }
}
