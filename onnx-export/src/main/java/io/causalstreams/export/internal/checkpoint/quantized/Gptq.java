package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * GPTQ as AutoGPTQ and GPTQModel store it (https://github.com/ModelCloud/GPTQModel, {@code TorchLinear.dequantize_weight}).
 *
 * <pre>
 *   qweight (inputs · bits / 32, outputs)   I32     w = scale[g] · (q - zero point[g]),  g = g_idx[input]
 *   qzeros  (groups, outputs · bits / 32)   I32
 *   scales  (groups, outputs)               F16
 *   g_idx   (inputs)                        I32     groups in order where it is absent
 * </pre>
 *
 * Version 1 stores zero points less one. GPTQModel subtracts from whole words, so that a borrow runs into the next zero point,
 * and takes it back by adding to whole words; with 3 bits, which straddle words, it adds to each by itself.
 */
final class Gptq implements QuantizationScheme {
    private final int bits;
    private final boolean lessOne;

    Gptq(JsonNode keys) {
        String key = keys.has("checkpoint_format") ? "checkpoint_format" : "format";
        this.lessOne = Setting.oneOf(keys, key, "gptq", "gptq", "gptq_v2").equals("gptq");
        this.bits = Setting.integer(keys, "bits", 4, 1);
        Setting.oneOf(keys, "pack_dtype", "int32", "int32");
    }

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String module : parts.modulesWith(".qweight")) {
            weights.put(module + ".weight", weight(parts, module));
        }
        return weights;
    }

    private PackedWeight weight(Parts parts, String module) {
        RawTensor codes = parts.take(module + ".qweight").require("I32").requireRank(2);
        RawTensor scales =
                parts.take(module + ".scales").require("F16", "BF16", "F32").requireRank(2);
        Optional<RawTensor> order = parts.takeIfThere(module + ".g_idx");
        int width = bits(codes, order);
        int groups = scales.size(0);
        int outputs = codes.size(1);
        long inputs = codes.size(0) * 32L / width;
        Sizes.requireArray(codes, outputs, inputs);
        scales.requireShape(groups, outputs);
        RawTensor zeros =
                parts.take(module + ".qzeros").require("I32").requireShape(groups, PackedCodes.words(outputs, width));
        return new IntegerWeight(
                tiles(scales, order, outputs, (int) inputs),
                () -> PackedCodes.fromColumns(codes.ints(), outputs, (int) inputs, width),
                () -> Sizes.transposed(scales.floats(), groups, outputs),
                () -> zeroPoints(zeros.ints(), groups, outputs, width));
    }

    /** Of this module: GPTQModel's {@code dynamic} gives some modules other bits than the configuration has. */
    private int bits(RawTensor codes, Optional<RawTensor> order) {
        int width = bits;
        if (order.isPresent()) {
            long inputs = order.get().require("I32").requireRank(1).size(0);
            width = (int) Math.min(99, codes.size(0) * 32L / inputs);
            codes.requireShape(
                    PackedCodes.words((int) inputs, width), codes.shape().get(1));
        }
        if (width != 2 && width != 3 && width != 4 && width != 8) {
            throw codes.refused(
                    "has " + width + " bits a weight; read are 2, 3, 4, 8; give another quantisation of the model");
        }
        return width;
    }

    private static Tiles tiles(RawTensor scales, Optional<RawTensor> order, int outputs, int inputs) {
        int groups = scales.size(0);
        if (order.isEmpty()) {
            if (inputs % groups != 0) {
                throw scales.refused(
                        "has " + groups + " groups for " + inputs + " inputs; download the checkpoint again");
            }
            return Tiles.of(outputs, inputs, 1, inputs / groups);
        }
        int[] groupOfInput = order.get().ints();
        if (Arrays.stream(groupOfInput).anyMatch(group -> group < 0 || group >= groups)) {
            throw order.get()
                    .refused("names a group that scales has not; the checkpoint is damaged, download it again");
        }
        return Tiles.ordered(outputs, groups, groupOfInput);
    }

    /** Words (groups, outputs · bits / 32) to zero points (outputs, groups). */
    private int[] zeroPoints(int[] words, int groups, int outputs, int width) {
        boolean whole = 32 % width == 0;
        if (lessOne && whole) {
            int ones = (int) (0xffffffffL / ((1 << width) - 1)); // a one in every field
            for (int i = 0; i < words.length; i++) {
                words[i] += ones;
            }
        }
        int[] byGroup = Sizes.unsigned(PackedCodes.fromRows(words, groups, outputs, width));
        int[] zeroPoints = new int[byGroup.length];
        for (int group = 0; group < groups; group++) {
            for (int output = 0; output < outputs; output++) {
                int stored = byGroup[group * outputs + output];
                zeroPoints[output * groups + group] = lessOne && !whole ? (stored + 1) & ((1 << width) - 1) : stored;
            }
        }
        return zeroPoints;
    }
}
