package io.causalstreams.export.internal.checkpoint.quantized;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * bitsandbytes (https://github.com/bitsandbytes-foundation/bitsandbytes): {@link FourBitLookup} for NF4 and FP4, and rows of
 * eight bits for LLM.int8.
 *
 * <pre>
 *   weight (outputs, inputs)   I8      w = q · SCB · (1/127)
 *   SCB    (outputs)           F32     the largest magnitude of a row
 * </pre>
 */
final class BitsAndBytes implements QuantizationScheme {
    /** As {@code int8_vectorwise_dequant} has it, in single precision. */
    private static final float ONE_127TH = 0.007874016f;

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String module : parts.modulesWith(".weight.absmax")) {
            weights.put(module + ".weight", FourBitLookup.of(parts, module + ".weight"));
        }
        for (String module : parts.modulesWith(".SCB")) {
            RawTensor codes = parts.take(module + ".weight").require("I8").requireRank(2);
            RawTensor scales = parts.take(module + ".SCB").require("F32");
            if (scales.elements() != codes.size(0)) {
                scales.requireShape(codes.size(0));
            }
            parts.takeIfThere(module + ".weight_format").ifPresent(BitsAndBytes::requireRows);
            Sizes.requireArray(codes, codes.size(0), codes.size(1));
            weights.put(module + ".weight", new Rows(codes, scales));
        }
        return weights;
    }

    private static void requireRows(RawTensor format) {
        byte[] code = format.octets("U8");
        if (code.length != 1 || code[0] != 0) {
            throw format.refused(
                    "is not 0 (rows): the weight lies in the order of some graphics card; save the model anew");
        }
    }

    private record Rows(RawTensor codes, RawTensor scales) implements PackedWeight {
        @Override
        public long[] shape() {
            return codes.shape().stream().mapToLong(Long::longValue).toArray();
        }

        @Override
        public float[] read() {
            byte[] q = codes.octets("I8");
            float[] scale = scales.floats();
            float[] elements = new float[q.length];
            int columns = codes.size(1);
            for (int i = 0; i < q.length; i++) {
                elements[i] = q[i] * scale[i / columns] * ONE_127TH;
            }
            return elements;
        }
    }
}
