package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Which experts a token is given to, and what share of the sum each has: with scores s = score(router(x)), the
 * {@code chosen} experts of the largest s + correction, within the best groups where there are groups; shares are their s.
 *
 * @param router (experts, hidden)
 * @param correction (experts, 1), or null: added to the scores for the choice alone (DeepSeek-V3, ERNIE 4.5)
 * @param normalised whether the shares are divided by their sum
 * @param scale factor on the shares
 */
public record Routing(
        Projection router,
        Score score,
        @Nullable Weight correction,
        @Nullable Groups groups,
        int chosen,
        boolean normalised,
        double scale) {
    public Routing {
        if (chosen > router.outputs()) {
            throw new UnsupportedModelException("config.json: num_experts_per_tok is %d, the model has %d experts"
                    .formatted(chosen, router.outputs()));
        }
        if (groups != null && router.outputs() % groups.count != 0) {
            throw new UnsupportedModelException("config.json: n_group is %d, which does not divide the %d experts"
                    .formatted(groups.count, router.outputs()));
        }
    }

    /** The largest probabilities p = softmax(router(x)). */
    static Routing softmax(Projection router, int chosen, boolean normalised) {
        return new Routing(router, Score.SOFTMAX, null, null, chosen, normalised, 1);
    }

    public Routing withRouter(Projection router) {
        return new Routing(router, score, correction, groups, chosen, normalised, scale);
    }

    public int experts() {
        return router.outputs();
    }

    /** What becomes of the router's output. */
    public enum Score {
        SOFTMAX,
        SIGMOID
    }

    /**
     * Experts in groups of equal size, neighbours together.
     *
     * @param count number of groups
     * @param chosen groups that experts are chosen of
     * @param scored a group's score is the sum of this many largest scores of its experts
     */
    public record Groups(int count, int chosen, int scored) {
        /** Added to scores outside of the chosen groups; scores are around one. */
        public static final float LOWEST = -1e9f;
    }
}
