package io.causalstreams.inference.internal.scheduling;

import java.util.List;

/**
 * What one step computes.
 *
 * @param preempted sequences that lose their slot first; they are recomputed later
 * @param decodes sequences that advance by a token in one batch
 * @param chunks stretches of prompts, one forward pass each; a sequence without a slot is given one
 */
public record StepPlan<S>(List<S> preempted, List<S> decodes, List<PrefillChunk<S>> chunks) {
    public StepPlan {
        preempted = List.copyOf(preempted);
        decodes = List.copyOf(decodes);
        chunks = List.copyOf(chunks);
    }

    /** The next {@code tokens} pending tokens of a sequence. */
    public record PrefillChunk<S>(S sequence, int tokens) {}

    public boolean isEmpty() {
        return preempted.isEmpty() && decodes.isEmpty() && chunks.isEmpty();
    }
}
