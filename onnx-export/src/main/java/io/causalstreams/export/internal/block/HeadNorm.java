package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Weight;

/**
 * The RMS norm of queries or keys: of each head alone, or of all together where the norm is as wide as they.
 *
 * <pre>
 *   each head   q ──Reshape(…, heads, paddedDim)──norm──Reshape(…, heads·paddedDim)──►
 *   together    q ──norm──►
 * </pre>
 *
 * With P channels in the graph of which n are the model's and the others zero, mean(x²) over P is n/P of the mean over n. So
 * ε becomes ε·n/P and the weight w·√(n/P), which gives exactly x / √(mean_n(x²) + ε) · w.
 */
final class HeadNorm {
    private HeadNorm() {}

    /** Shapes: x (batch, sequence, heads · paddedDim); result as x. */
    static Value add(Scope scope, Value x, Norm norm, Attention attention, int heads, HeadLayout layout) {
        ChannelOrder order = layout.queryKey(attention.rotary());
        boolean eachHead = norm.size() == attention.headDim();
        double filled = (double) layout.headDim() / layout.paddedDim();
        Weight weight =
                norm.weight().withRows(eachHead ? order : order.repeated(heads)).scaled(Math.sqrt(filled));
        Norm padded = new Norm(norm.kind(), weight, null, norm.epsilon() * filled);
        if (norm.kind() != Norm.Kind.RMS || norm.bias() != null) {
            throw new IllegalArgumentException(scope + ": query and key norms are RMS norms");
        }
        if (!eachHead) {
            return Normalisation.add(scope, x, padded);
        }
        Value byHead =
                scope.apply(Operator.RESHAPE, "by_head", x, scope.graph().constant(0, 0, heads, layout.paddedDim()));
        Value normalised = Normalisation.add(scope, byHead, padded);
        return scope.apply(
                Operator.RESHAPE,
                "together",
                normalised,
                scope.graph().constant(0, 0, (long) heads * layout.paddedDim()));
    }
}
