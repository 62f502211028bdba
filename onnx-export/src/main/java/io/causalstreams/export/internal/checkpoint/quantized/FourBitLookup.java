package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Four bits that choose one of 16 numbers, in blocks of consecutive elements with a scale each: bitsandbytes' NF4 and FP4
 * (QLoRA, https://arxiv.org/abs/2305.14314, section 3).
 *
 * <pre>
 *   weight               two to a byte, the earlier in the upper half     w = quant_map[q] · absmax[block]
 *   weight.quant_map     (16)          F32
 *   weight.absmax        (blocks)      F32, or with double quantisation
 *   weight.absmax        (blocks)      U8       absmax = nested_quant_map[q] · nested_absmax[block of blocks] + nested_offset
 *   weight.quant_state.bitsandbytes__nf4   U8   JSON: shape, blocksize, nested_blocksize, nested_offset, …
 * </pre>
 */
final class FourBitLookup implements PackedWeight {
    private static final int MAX_STATE_BYTES = 4096;

    private final RawTensor codes;
    private final RawTensor map;
    private final RawTensor scales;
    private final @Nullable Nested nested;
    private final int blockSize;
    private final int rows;
    private final int columns;

    /** Double quantisation: the scales of the scales. */
    private record Nested(RawTensor map, RawTensor scales, int blockSize, float offset) {}

    private FourBitLookup(Parts parts, String name, RawTensor stateTensor) {
        JsonNode state = json(stateTensor);
        this.codes = parts.take(name);
        this.map = parts.take(name + ".quant_map").require("F32").requireShape(16);
        this.scales = parts.take(name + ".absmax").require("F32", "U8");
        JsonNode shape = state.path("shape");
        if (shape.size() != 2) {
            throw stateTensor.refused("has shape " + shape + ", not that of a matrix; download the checkpoint again");
        }
        this.rows = positive(stateTensor, shape.path(0), "shape");
        this.columns = positive(stateTensor, shape.path(1), "shape");
        this.blockSize = positive(stateTensor, state.path("blocksize"), "blocksize");
        Sizes.requireArray(stateTensor, rows, columns);
        long elements = (long) rows * columns;
        if (codes.bytes() != (elements + 1) / 2) {
            throw codes.refused("has " + codes.bytes() + " bytes, not those of " + rows + " by " + columns
                    + " elements of four bits; the checkpoint is damaged, download it again");
        }
        long blocks = (elements - 1) / blockSize + 1;
        scales.requireShape(blocks);
        this.nested = scales.type().equals("U8") ? nested(parts, name, stateTensor, state, blocks) : null;
    }

    static FourBitLookup of(Parts parts, String name) {
        for (String kind : new String[] {"nf4", "fp4"}) {
            Optional<RawTensor> state = parts.takeIfThere(name + ".quant_state.bitsandbytes__" + kind);
            if (state.isPresent()) {
                return new FourBitLookup(parts, name, state.get());
            }
        }
        throw new CheckpointException("the checkpoint lacks tensor " + name
                + ".quant_state.bitsandbytes__nf4, a part of a quantised weight; download it again");
    }

    private static Nested nested(Parts parts, String name, RawTensor stateTensor, JsonNode state, long blocks) {
        int size = positive(stateTensor, state.path("nested_blocksize"), "nested_blocksize");
        JsonNode offset = state.path("nested_offset");
        if (!offset.isNumber()) {
            throw stateTensor.refused("has no nested_offset; download the checkpoint again");
        }
        return new Nested(
                parts.take(name + ".nested_quant_map").require("F32").requireShape(256),
                parts.take(name + ".nested_absmax").require("F32").requireShape((blocks - 1) / size + 1),
                size,
                offset.floatValue());
    }

    private static JsonNode json(RawTensor state) {
        if (state.bytes() > MAX_STATE_BYTES) {
            throw state.refused(
                    "has " + state.bytes() + " bytes, not those of a few settings; download the checkpoint again");
        }
        try {
            return JsonFiles.MAPPER.readTree(state.octets("U8"));
        } catch (IOException e) {
            throw state.refused("is not valid JSON; the checkpoint is damaged, download it again");
        }
    }

    private static int positive(RawTensor state, JsonNode number, String key) {
        if (!number.canConvertToInt() || number.intValue() < 1) {
            throw state.refused("has " + key + " " + number + "; the checkpoint is damaged, download it again");
        }
        return number.intValue();
    }

    @Override
    public long[] shape() {
        return new long[] {rows, columns};
    }

    @Override
    public float[] read() {
        byte[] q = codes.read().array();
        float[] numbers = map.floats();
        float[] scale = scales(nested);
        float[] elements = new float[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            int code = i % 2 == 0 ? (q[i / 2] >> 4) & 0xf : q[i / 2] & 0xf;
            elements[i] = numbers[code] * scale[i / blockSize];
        }
        return elements;
    }

    private float[] scales(@Nullable Nested nested) {
        if (nested == null) {
            return scales.floats();
        }
        byte[] q = scales.octets("U8");
        float[] numbers = nested.map.floats();
        float[] outer = nested.scales.floats();
        float[] scale = new float[q.length];
        for (int block = 0; block < q.length; block++) {
            scale[block] = numbers[q[block] & 0xff] * outer[block / nested.blockSize] + nested.offset;
        }
        return scale;
    }
}
