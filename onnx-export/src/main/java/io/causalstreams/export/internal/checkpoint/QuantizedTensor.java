package io.causalstreams.export.internal.checkpoint;

import io.causalstreams.export.internal.checkpoint.ggml.GgmlType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor as it is stored, for exports that keep its grid of values.
 *
 * @param type the block layout
 * @param shape dimensions, outermost first; each row (the last dimension) is a whole number of blocks
 * @param blocks all blocks, little-endian, rows in Hugging Face's order, position 0
 */
public record QuantizedTensor(GgmlType type, List<Long> shape, ByteBuffer blocks) {

    public QuantizedTensor {
        shape = List.copyOf(shape);
    }
}
