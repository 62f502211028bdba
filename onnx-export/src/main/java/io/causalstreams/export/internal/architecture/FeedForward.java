package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows attention in a layer, position by position. */
public sealed interface FeedForward {

    /**
     * y = down(activation(gate(x)) · up(x)).
     *
     * @param limit where it is not 0, y = down(activation(min(gate(x), limit)) · (clip(up(x), -limit, limit) + 1)), as gpt-oss
     *     has it
     */
    record Gated(Projection gate, Projection up, Projection down, Activation activation, double limit)
            implements FeedForward {
        public Gated(Projection gate, Projection up, Projection down, Activation activation) {
            this(gate, up, down, activation, 0);
        }
    }

    /** y = down(activation(up(x))). */
    record Plain(Projection up, Projection down, Activation activation) implements FeedForward {}

    /**
     * A sum over the experts that {@code routing} chooses.
     *
     * @param shared what every position sees besides, or null
     */
    record Experts(
            Routing routing, List<Gated> experts, @Nullable SharedExpert shared) implements FeedForward {
        public Experts {
            experts = List.copyOf(experts);
            if (experts.size() != routing.experts()) {
                throw new IllegalArgumentException(
                        "%d experts for a router of %d".formatted(experts.size(), routing.experts()));
            }
        }
    }

    /**
     * An expert that is not chosen: y = σ(gate(x)) · expert(x).
     *
     * @param gate (1, hidden), or null for a factor of 1
     */
    record SharedExpert(Gated expert, @Nullable Projection gate) {}
}
