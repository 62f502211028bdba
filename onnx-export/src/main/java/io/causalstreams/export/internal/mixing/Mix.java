package io.causalstreams.export.internal.mixing;

import java.util.List;

/**
 * What was chosen, and what it brought.
 *
 * @param fine groups with the finer arithmetic, the most useful first
 * @param before divergence from fp32 without them, nats
 * @param after with them
 */
public record Mix(List<MatrixGroup> fine, double before, double after) {
    public Mix {
        fine = List.copyOf(fine);
    }
}
