package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * AWQ in the layout of its GEMM kernel (https://github.com/casper-hansen/AutoAWQ, {@code dequantize_gemm}): inputs down,
 * eight outputs to a word.
 *
 * <pre>
 *   qweight (inputs, outputs / 8)   I32     w = scale · (q - zero point)
 *   qzeros  (groups, outputs / 8)   I32
 *   scales  (groups, outputs)       F16
 * </pre>
 */
final class Awq implements QuantizationScheme {
    private static final int PER_WORD = 8;
    /** Output k of a word is the nibble of this number: the kernel unpacks even and odd ones apart. */
    private static final int[] NIBBLE = {0, 4, 1, 5, 2, 6, 3, 7};

    Awq(JsonNode keys) {
        Setting.oneOf(keys, keys.has("version") ? "version" : "format", "gemm", "gemm");
        if (Setting.integer(keys, "bits", Setting.integer(keys, "w_bit", 4, 1), 1) != 4) {
            throw Setting.refused("bits", keys.path("bits"), "4");
        }
    }

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String module : parts.modulesWith(".qweight")) {
            RawTensor codes = parts.take(module + ".qweight").require("I32").requireRank(2);
            RawTensor scales =
                    parts.take(module + ".scales").require("F16", "BF16", "F32").requireRank(2);
            int inputs = codes.size(0);
            int outputs = scales.size(1);
            int groups = scales.size(0);
            codes.requireShape(inputs, outputs / PER_WORD);
            if (outputs % PER_WORD != 0 || inputs % groups != 0) {
                throw scales.refused("has shape " + scales.shape() + ", which does not fit qweight's " + codes.shape()
                        + "; the checkpoint is damaged, download it again");
            }
            RawTensor zeros = parts.take(module + ".qzeros").require("I32").requireShape(groups, outputs / PER_WORD);
            Sizes.requireArray(codes, outputs, inputs);
            weights.put(
                    module + ".weight",
                    new IntegerWeight(
                            Tiles.of(outputs, inputs, 1, inputs / groups),
                            () -> unpacked(codes.ints(), inputs, outputs),
                            () -> Sizes.transposed(scales.floats(), groups, outputs),
                            () -> Sizes.unsigned(unpacked(zeros.ints(), groups, outputs))));
        }
        return weights;
    }

    /** Words (lines, outputs / 8) to codes (outputs, lines). */
    private static byte[] unpacked(int[] words, int lines, int outputs) {
        byte[] codes = new byte[Math.multiplyExact(outputs, lines)];
        int stride = outputs / PER_WORD;
        for (int line = 0; line < lines; line++) {
            for (int output = 0; output < outputs; output++) {
                int word = words[line * stride + output / PER_WORD];
                codes[output * lines + line] = (byte) ((word >>> (4 * NIBBLE[output % PER_WORD])) & 0xf);
            }
        }
        return codes;
    }
}
