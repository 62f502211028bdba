package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What queries, keys and values are made of in multi-head latent attention (DeepSeek-V2, arXiv 2405.04434), instead of the
 * layer's input x:
 *
 * <pre>
 *   queries          of  norm(query.down · x), or of x
 *   keys and values  of  norm(keyValue.down · x) followed by passed · x
 * </pre>
 *
 * @param query null where queries are made of x
 * @param passed (channels, hidden): the turned channels of a key, which all heads share
 */
public record LatentInputs(@Nullable LowRank query, LowRank keyValue, Projection passed) {

    /** The same inputs, of another x. */
    public LatentInputs withReaders(UnaryOperator<Projection> change) {
        return new LatentInputs(
                query == null ? null : query.withDown(change), keyValue.withDown(change), change.apply(passed));
    }

    /**
     * norm(down · x).
     *
     * @param down (rank, hidden)
     * @param norm of size rank
     */
    public record LowRank(Projection down, Norm norm) {
        private LowRank withDown(UnaryOperator<Projection> change) {
            return new LowRank(change.apply(down), norm);
        }
    }
}
