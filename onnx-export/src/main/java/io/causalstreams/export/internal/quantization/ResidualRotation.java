package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.DecoderLayer;
import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.architecture.LatentInputs;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.Routing;
import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same decoder over a rotated residual stream, in which no channel is much larger than the others.
 *
 * <p>Idea (QuaRot, arXiv 2404.00456). A few channels of the residual stream are a hundred times larger than the rest, and eight
 * bits per row leave nothing for those. With an orthogonal R let the stream hold R·x instead of x:
 *
 * <pre>
 *   embedding, writers (output, down)    W → R·W, b → R·b
 *   readers (q, k, v, gate, up, head)    W → W·diag(w)·Rᵀ
 *   norms before readers                 w → 1, because |R·x| = |x|
 * </pre>
 *
 * The function computed is the same, at no cost at run time. A LayerNorm is the RMS norm of x minus its mean (SliceGPT, arXiv
 * 2401.15024): writers subtract the mean of their outputs, and the norm's bias moves into the readers' biases.
 *
 * <p>A norm between a branch and the stream (Gemma 2, OLMo 2) would have to commute with R and does not: such decoders are left
 * alone, see {@link #possible}.
 */
final class ResidualRotation {
    private final OrthogonalTransform transform;
    private final boolean centred;

    private ResidualRotation(OrthogonalTransform transform, boolean centred) {
        this.transform = transform;
        this.centred = centred;
    }

    /** Whether nothing but linear maps writes to the stream, and norms of one kind stand before everything that reads it. */
    static boolean possible(Decoder decoder) {
        Norm.Kind kind = decoder.finalNorm().kind();
        return decoder.layers().stream()
                .allMatch(layer -> layer.afterAttention() == null
                        && layer.afterFeedForward() == null
                        && isOf(layer.beforeAttention(), kind)
                        && isOf(layer.beforeFeedForward(), kind));
    }

    /** The largest element that a rotated row of mean square 1 can have when all of it lay in one channel. */
    static double peak(Decoder decoder) {
        OrthogonalTransform transform = new OrthogonalTransform(decoder.hiddenSize());
        return transform.largestElement() * Math.sqrt(transform.size());
    }

    static Decoder apply(Decoder decoder) {
        if (!possible(decoder)) {
            throw new IllegalArgumentException("the residual stream cannot be rotated");
        }
        return new ResidualRotation(
                        new OrthogonalTransform(decoder.hiddenSize()),
                        decoder.finalNorm().kind() == Norm.Kind.LAYER)
                .rotated(decoder);
    }

    private Decoder rotated(Decoder decoder) {
        return new Decoder(
                table(decoder.tokenTable()),
                decoder.embeddingScale(),
                decoder.positionTable() == null ? null : table(decoder.positionTable()),
                decoder.layers().stream().map(this::layer).toList(),
                unit(decoder.finalNorm()),
                reader(decoder.head(), decoder.finalNorm()),
                decoder.logitsSoftcap(),
                decoder.maxPositions());
    }

    private DecoderLayer layer(DecoderLayer layer) {
        Norm first = required(layer.beforeAttention());
        Norm second = required(layer.beforeFeedForward());
        Attention attention = attention(layer.attention(), first);
        return new DecoderLayer(
                unit(first),
                attention,
                null,
                unit(second),
                feedForward(layer.feedForward(), second),
                null,
                layer.residual());
    }

    private Attention attention(Attention attention, Norm norm) {
        LatentInputs latent = attention.latent();
        if (latent == null) {
            return attention.withProjections(
                    reader(attention.query(), norm),
                    reader(attention.key(), norm),
                    reader(attention.value(), norm),
                    writer(attention.output()));
        }
        return attention
                .withLatent(latent.withReaders(down -> reader(down, norm)))
                .withProjections(
                        latent.query() == null ? reader(attention.query(), norm) : attention.query(),
                        attention.key(),
                        attention.value(),
                        writer(attention.output()));
    }

    private FeedForward feedForward(FeedForward feedForward, Norm norm) {
        if (feedForward instanceof FeedForward.Gated gated) {
            return gated(gated, norm);
        }
        if (feedForward instanceof FeedForward.Plain plain) {
            return new FeedForward.Plain(reader(plain.up(), norm), writer(plain.down()), plain.activation());
        }
        FeedForward.Experts experts = (FeedForward.Experts) feedForward;
        List<FeedForward.Gated> all =
                experts.experts().stream().map(expert -> gated(expert, norm)).toList();
        Routing routing = experts.routing();
        return new FeedForward.Experts(
                routing.withRouter(reader(routing.router(), norm)), all, shared(experts.shared(), norm));
    }

    private FeedForward.@Nullable SharedExpert shared(FeedForward.@Nullable SharedExpert shared, Norm norm) {
        if (shared == null) {
            return null;
        }
        Projection gate = shared.gate();
        return new FeedForward.SharedExpert(gated(shared.expert(), norm), gate == null ? null : reader(gate, norm));
    }

    private FeedForward.Gated gated(FeedForward.Gated gated, Norm norm) {
        return new FeedForward.Gated(
                reader(gated.gate(), norm),
                reader(gated.up(), norm),
                writer(gated.down()),
                gated.activation(),
                gated.limit());
    }

    /** W·diag(w)·Rᵀ, and b + W·(the norm's bias). */
    private Projection reader(Projection projection, Norm norm) {
        Weight weight = projection.weight();
        Weight rotated = weight.eachRow("·w·Rᵀ", () -> {
            float[] factors = norm.weight().read();
            return (x, offset, count, columns) -> {
                for (int row = offset; row < offset + count * columns; row += columns) {
                    for (int c = 0; c < columns; c++) {
                        x[row + c] *= factors[c];
                    }
                }
                transform.applyToRows(x, offset, count, columns);
            };
        });
        return new Projection(rotated, readerBias(projection, norm.bias()));
    }

    private static @Nullable Weight readerBias(Projection projection, @Nullable Weight normBias) {
        if (normBias == null) {
            return projection.bias();
        }
        Weight weight = projection.weight();
        Weight own = projection.bias() != null ? projection.bias() : Weight.filled("0", weight.rows(), 0);
        return Weight.vector(own.name() + "+W·b", weight.rows(), () -> {
            float[] b = own.read();
            float[] shift = normBias.read();
            RowReader reader = weight.open();
            Pieces.forEach(b.length, shift.length, (first, count) -> {
                float[] w = reader.read(first, count, shift.length);
                for (int r = 0; r < count; r++) {
                    double sum = b[first + r];
                    for (int c = 0; c < shift.length; c++) {
                        sum += (double) w[r * shift.length + c] * shift[c];
                    }
                    b[first + r] = (float) sum;
                }
            });
            return b;
        });
    }

    /** R·W and R·b, after the mean over the outputs was taken away where the norms are LayerNorms. */
    private Projection writer(Projection projection) {
        Weight weight = projection.weight();
        Weight rotated = weight.eachColumn("R·", (w, columns) -> transform.applyToColumns(w, columns, this::centre));
        Weight bias = projection.bias();
        return new Projection(
                rotated,
                bias == null ? null : bias.eachColumn("R·", (b, columns) -> centreAndRotate(b, 0, 1, b.length)));
    }

    private Weight table(Weight table) {
        return table.eachRow("·Rᵀ", () -> this::centreAndRotate);
    }

    private void centreAndRotate(float[] x, int offset, int count, int columns) {
        centre(x, offset, offset + count * columns);
        transform.applyToRows(x, offset, count, columns);
    }

    private void centre(float[] rows) {
        centre(rows, 0, rows.length);
    }

    private void centre(float[] rows, int begin, int end) {
        if (!centred) {
            return;
        }
        int columns = transform.size();
        for (int offset = begin; offset < end; offset += columns) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += rows[offset + c];
            }
            float mean = (float) (sum / columns);
            for (int c = 0; c < columns; c++) {
                rows[offset + c] -= mean;
            }
        }
    }

    private static Norm unit(Norm norm) {
        return Norm.rms(Weight.filled("1", norm.size(), 1), norm.epsilon());
    }

    private static boolean isOf(@Nullable Norm norm, Norm.Kind kind) {
        return norm != null && norm.kind() == kind;
    }

    private static Norm required(@Nullable Norm norm) {
        if (norm == null) {
            throw new IllegalArgumentException("a layer without a norm before its branch");
        }
        return norm;
    }
}
