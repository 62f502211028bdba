package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What LLM Compressor writes (https://github.com/vllm-project/compressed-tensors).
 *
 * <pre>
 *   pack-quantized    weight_packed      (outputs, inputs · bits / 32)   I32   q + 2^(bits-1)
 *                     weight_shape       (2)                             I64   outputs, inputs
 *                     weight_zero_point  (outputs · bits / 32, groups)   I32
 *                     weight_g_idx       (inputs)                        I32   with act-order
 *   int-quantized     weight             (outputs, inputs)               I8
 *                     weight_zero_point  as weight_scale                 I8
 *   float-quantized   weight             (outputs, inputs)               F8_E4M3
 *   all               weight_scale       (1), (outputs, 1), (outputs, groups) or by blocks
 *
 *   w = weight_scale · (q - weight_zero_point)
 * </pre>
 *
 * How activations are rounded ({@code input_scale} and the like) is left out.
 */
final class CompressedTensors implements QuantizationScheme {
    private static final String[] SCALE_TYPES = {"F32", "F16", "BF16"};

    private final CompressionGroups groups;

    CompressedTensors(JsonNode keys) {
        this.groups = CompressionGroups.of(keys);
    }

    @Override
    public Map<String, PackedWeight> weights(Parts parts) {
        Map<String, PackedWeight> weights = new LinkedHashMap<>();
        for (String module : parts.modulesWith(".weight_scale")) {
            CompressionGroups.Group group = groups.of(module);
            RawTensor scales = parts.take(module + ".weight_scale").require(SCALE_TYPES);
            weights.put(
                    module + ".weight",
                    parts.has(module + ".weight_packed")
                            ? packed(parts, module, group, scales)
                            : whole(parts, module, group, scales));
        }
        parts.leaveOut(
                ".input_scale",
                ".input_zero_point",
                ".output_scale",
                ".output_zero_point",
                ".k_scale",
                ".v_scale",
                ".q_scale",
                ".k_zero_point",
                ".v_zero_point");
        return weights;
    }

    private static PackedWeight packed(Parts parts, String module, CompressionGroups.Group group, RawTensor scales) {
        RawTensor codes = parts.take(module + ".weight_packed").require("I32").requireRank(2);
        long[] shape = shape(parts.take(module + ".weight_shape"));
        Sizes.requireArray(codes, shape[0], shape[1]);
        int rows = (int) shape[0];
        int columns = (int) shape[1];
        codes.requireShape(rows, PackedCodes.words(columns, group.bits()));
        Tiles tiles = tiles(parts, module, group, scales, rows, columns);
        int middle = 1 << (group.bits() - 1);
        Optional<RawTensor> zeros = parts.takeIfThere(module + ".weight_zero_point");
        boolean packedZeros = zeros.isPresent() && zeros.get().type().equals("I32");
        if (packedZeros) {
            zeros.get().requireShape(PackedCodes.words(tiles.tilesDown(), group.bits()), tiles.groups);
        } else {
            zeros.ifPresent(zero -> zero.require("I8").requireShape(longs(scales)));
        }
        return new IntegerWeight(
                tiles,
                () -> PackedCodes.fromRows(codes.ints(), rows, columns, group.bits()),
                scales::floats,
                () -> packedZeros ? unpackedZeros(zeros.get(), tiles, group.bits()) : signed(zeros, tiles, middle));
    }

    private static PackedWeight whole(Parts parts, String module, CompressionGroups.Group group, RawTensor scales) {
        RawTensor codes =
                parts.take(module + ".weight").require("I8", "F8_E4M3").requireRank(2);
        Sizes.requireArray(codes, codes.size(0), codes.size(1));
        Tiles tiles = tiles(parts, module, group, scales, codes.size(0), codes.size(1));
        Optional<RawTensor> zeros = parts.takeIfThere(module + ".weight_zero_point");
        if (codes.type().equals("F8_E4M3")) {
            zeros.ifPresent(zero -> {
                throw zero.refused(
                        "is a zero point of floating-point weights, which is not read; give another quantisation");
            });
            return new FloatWeight(tiles, codes, scales);
        }
        zeros.ifPresent(zero -> zero.require("I8").requireShape(longs(scales)));
        return new IntegerWeight(
                tiles, () -> shifted(codes.octets("I8")), scales::floats, () -> signed(zeros, tiles, 128));
    }

    /** From the shape of the scales, which is the same for all tools, where the keys of the strategy are not. */
    private static Tiles tiles(
            Parts parts, String module, CompressionGroups.Group group, RawTensor scales, int rows, int columns) {
        Optional<RawTensor> order = parts.takeIfThere(module + ".weight_g_idx");
        if (scales.elements() == 1) {
            return Tiles.of(rows, columns, rows, columns);
        }
        if (group.blockHeight() > 0) {
            Tiles blocks = Tiles.of(rows, columns, group.blockHeight(), group.blockWidth());
            scales.requireShape(blocks.tilesDown(), blocks.groups);
            return blocks;
        }
        int perRow = scales.shape().size() == 1 ? 1 : scales.requireRank(2).size(1);
        if (scales.size(0) != rows || columns % perRow != 0) {
            throw scales.refused("has shape " + scales.shape() + " for weights of " + rows + " by " + columns
                    + "; the checkpoint is damaged, download it again");
        }
        if (order.isPresent()) {
            int[] groupOfColumn =
                    order.get().require("I32").requireShape(columns).ints();
            // All -1: written before the order was known, and groups are in order.
            if (!Arrays.stream(groupOfColumn).allMatch(g -> g == -1)) {
                if (Arrays.stream(groupOfColumn).anyMatch(g -> g < 0 || g >= perRow)) {
                    throw order.get().refused("names a group that weight_scale has not; download the checkpoint again");
                }
                return Tiles.ordered(rows, perRow, groupOfColumn);
            }
        }
        return Tiles.of(rows, columns, 1, columns / perRow);
    }

    private static long[] shape(RawTensor stored) {
        stored.require("I64", "I32").requireShape(2);
        ByteBuffer buffer = stored.read();
        return stored.type().equals("I64")
                ? new long[] {buffer.getLong(0), buffer.getLong(8)}
                : new long[] {buffer.getInt(0), buffer.getInt(4)};
    }

    private static long[] longs(RawTensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).toArray();
    }

    /** Zero points packed down the outputs; on the scale of the codes, which is shifted as they are. */
    private static int[] unpackedZeros(RawTensor zeros, Tiles tiles, int bits) {
        byte[] byGroup = PackedCodes.fromColumns(zeros.ints(), tiles.groups, tiles.tilesDown(), bits);
        int[] byRow = new int[byGroup.length];
        for (int group = 0; group < tiles.groups; group++) {
            for (int row = 0; row < tiles.tilesDown(); row++) {
                byRow[row * tiles.groups + group] = byGroup[group * tiles.tilesDown() + row] & 0xff;
            }
        }
        return byRow;
    }

    /** Signed zero points, or none, moved by {@code middle}. */
    private static int[] signed(Optional<RawTensor> zeros, Tiles tiles, int middle) {
        int[] result = new int[Math.multiplyExact(tiles.tilesDown(), tiles.groups)];
        Arrays.fill(result, middle);
        if (zeros.isPresent()) {
            byte[] stored = zeros.get().octets("I8");
            for (int i = 0; i < result.length; i++) {
                result[i] += stored[i];
            }
        }
        return result;
    }

    /** Signed codes moved by 128. */
    private static byte[] shifted(byte[] codes) {
        for (int i = 0; i < codes.length; i++) {
            codes[i] ^= (byte) 0x80;
        }
        return codes;
    }
}
