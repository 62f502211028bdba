package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.DecoderLayer;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/**
 * The same decoder with rotated value heads: attention averages values, so V → H·V and O → O·Hᵀ, head by head, change nothing
 * but how evenly the input of the output projection is spread over its channels.
 */
final class ValueRotation {
    private ValueRotation() {}

    static Decoder apply(Decoder decoder) {
        return decoder.withLayers(
                decoder.layers().stream().map(ValueRotation::layer).toList());
    }

    private static DecoderLayer layer(DecoderLayer layer) {
        Attention attention = layer.attention();
        OrthogonalTransform transform = new OrthogonalTransform(attention.headDim());
        Projection value = attention.value();
        Weight bias = value.bias();
        Projection rotatedValue = new Projection(
                value.weight().eachColumn("·Hᵀ", (w, columns) -> transform.applyToColumns(w, columns, rows -> {})),
                bias == null ? null : bias.eachColumn("·Hᵀ", (b, columns) -> transform.applyToRows(b, 0, 1, b.length)));
        Projection output = attention.output();
        Projection rotatedOutput =
                new Projection(output.weight().eachRow("·Hᵀ", () -> transform::applyToRows), output.bias());
        return layer.withAttention(
                attention.withProjections(attention.query(), attention.key(), rotatedValue, rotatedOutput));
    }
}
