package io.causalstreams.export.internal.checkpoint.quantized;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The stacked experts of gpt-oss in the OCP Microscaling format MXFP4: four bits (s ee m) and a power of two for 32 inputs.
 *
 * <pre>
 *   X_blocks  (experts, outputs, inputs / 32, 16)   U8   two numbers to a byte, the earlier in the lower half
 *   X_scales  (experts, outputs, inputs / 32)       U8   exponents, bias 127
 * </pre>
 *
 * Shown as {@code X.0}, {@code X.1}, … of shape (inputs, outputs), as the model's class has them.
 */
final class Mxfp4 implements QuantizationScheme {
    private static final int GROUP = 32;

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String name : parts.modulesWith("_blocks")) {
            RawTensor blocks = parts.take(name + "_blocks").require("U8").requireRank(4);
            int experts = blocks.size(0);
            int outputs = blocks.size(1);
            int groups = blocks.size(2);
            blocks.requireShape(experts, outputs, groups, GROUP / 2);
            Sizes.requireArray(blocks, (long) groups * GROUP, outputs);
            RawTensor scales = parts.take(name + "_scales").require("U8").requireShape(experts, outputs, groups);
            for (int expert = 0; expert < experts; expert++) {
                weights.put(
                        name + "." + expert,
                        new Expert(blocks.slice(expert), scales.slice(expert), groups * GROUP, outputs));
            }
        }
        return weights;
    }

    private record Expert(RawTensor blocks, RawTensor scales, int inputs, int outputs) implements PackedWeight {
        @Override
        public long[] shape() {
            return new long[] {inputs, outputs};
        }

        @Override
        public float[] read() {
            byte[] pairs = blocks.octets("U8");
            byte[] exponents = scales.octets("U8");
            float[] elements = new float[inputs * outputs];
            for (int i = 0; i < elements.length; i++) {
                int output = i / inputs;
                int input = i % inputs;
                int code = pairs[i / 2] >> (4 * (i % 2));
                elements[input * outputs + output] = SmallFloats.e2m1(code) * SmallFloats.e8m0(exponents[i / GROUP]);
            }
            return elements;
        }
    }
}
