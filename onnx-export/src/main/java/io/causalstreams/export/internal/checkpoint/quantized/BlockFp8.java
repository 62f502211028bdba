package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Eight-bit floating point in square blocks, as DeepSeek-V3 has it (its {@code weight_dequant}).
 *
 * <pre>
 *   weight            (outputs, inputs)                     F8_E4M3     w = q · weight_scale_inv
 *   weight_scale_inv  (outputs / height, inputs / width)    F32, BF16 or F8_E8M0, quotients rounded up; or one number
 * </pre>
 */
final class BlockFp8 implements QuantizationScheme {
    private static final String SCALES = ".weight_scale_inv";

    private final int height;
    private final int width;

    BlockFp8(JsonNode keys) {
        JsonNode size = keys.path("weight_block_size");
        boolean blocks = size.isArray() && size.size() == 2;
        if (!blocks && !size.isNull() && !size.isMissingNode()) {
            throw Setting.refused("weight_block_size", size, "two numbers");
        }
        this.height = blocks ? side(size, 0) : Integer.MAX_VALUE;
        this.width = blocks ? side(size, 1) : Integer.MAX_VALUE;
    }

    private static int side(JsonNode size, int index) {
        if (!size.get(index).canConvertToInt() || size.get(index).intValue() < 1) {
            throw Setting.refused("weight_block_size", size, "two numbers from 1 up");
        }
        return size.get(index).intValue();
    }

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String module : parts.modulesWith(SCALES)) {
            RawTensor codes = parts.take(module + ".weight").require("F8_E4M3").requireRank(2);
            RawTensor scales = parts.take(module + SCALES).require("F32", "F16", "BF16", "F8_E8M0");
            Sizes.requireArray(codes, codes.size(0), codes.size(1));
            Tiles tiles = Tiles.of(codes.size(0), codes.size(1), height, width);
            if (scales.elements() != 1 || tiles.tilesDown() != 1 || tiles.groups != 1) {
                scales.requireShape(tiles.tilesDown(), tiles.groups);
            }
            weights.put(module + ".weight", new FloatWeight(tiles, codes, scales));
        }
        parts.leaveOut(".activation_scale", ".input_scale");
        return weights;
    }
}
