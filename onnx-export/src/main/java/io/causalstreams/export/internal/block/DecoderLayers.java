package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.DecoderLayer;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The layers of a decoder and its last norm, over whatever its attention reads: rows with a cache, or packed tokens. */
final class DecoderLayers {
    private final AttentionBlock attention;
    private final FeedForwardBlock feedForward;

    DecoderLayers(AttentionBlock attention, FeedForwardBlock feedForward) {
        this.attention = attention;
        this.feedForward = feedForward;
    }

    /**
     * Adds all layers.
     *
     * @param embedded (…, hidden)
     * @param attended given what each layer's attention made, in order
     * @return the norm of the last layer's result, as {@code embedded}
     */
    Value add(Scope root, Value embedded, Decoder decoder, Consumer<AttentionBlock.Result> attended) {
        ResidualStream stream = new ResidualStream(embedded);
        for (int i = 0; i < decoder.layers().size(); i++) {
            DecoderLayer layer = decoder.layers().get(i);
            Scope scope = root.at("layers." + i);
            Value normalised = stream.normalised(scope.at("before_attention"), layer.beforeAttention());
            AttentionBlock.Result result = attention.add(scope.at("attention"), normalised, layer.attention(), i);
            Value branch = after(scope.at("after_attention"), result.output(), layer.afterAttention());
            if (layer.residual() == DecoderLayer.Residual.SEQUENTIAL) {
                stream.add(scope.at("after_attention"), branch);
            }
            Value second = stream.normalised(scope.at("before_feed_forward"), layer.beforeFeedForward());
            if (layer.residual() == DecoderLayer.Residual.PARALLEL) {
                stream.add(scope.at("after_attention"), branch);
            }
            Value fed = feedForward.add(scope.at("feed_forward"), second, layer.feedForward());
            stream.add(
                    scope.at("after_feed_forward"),
                    after(scope.at("after_feed_forward"), fed, layer.afterFeedForward()));
            attended.accept(result);
        }
        return stream.normalised(root.at("final"), decoder.finalNorm());
    }

    private static Value after(Scope scope, Value branch, @Nullable Norm norm) {
        return norm == null ? branch : Normalisation.add(scope, branch, norm);
    }
}
