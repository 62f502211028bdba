package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.weight.Projection;

/**
 * One encoder layer, with a norm behind each branch and its residual (Vaswani et al. 2017).
 *
 * <pre>
 *   x ← attentionNorm(x + attention(x));  x ← feedForwardNorm(x + feedForward(x))
 * </pre>
 *
 * @param heads of queries, keys and values alike; every position sees every other one of its text
 * @param query (hidden, hidden), as key and value
 * @param output (hidden, hidden)
 */
public record EncoderLayer(
        int heads,
        Projection query,
        Projection key,
        Projection value,
        Projection output,
        Norm attentionNorm,
        FeedForward.Plain feedForward,
        Norm feedForwardNorm) {

    public EncoderLayer {
        if (query.outputs() % heads != 0) {
            throw new UnsupportedModelException("config.json: %d attention heads do not divide the hidden size %d"
                    .formatted(heads, query.outputs()));
        }
    }
}
