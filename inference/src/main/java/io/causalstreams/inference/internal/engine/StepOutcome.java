package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.StepFailedException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step found out; nothing of it is visible before it is committed.
 *
 * @param outcomes per sequence, in the order of the passes
 * @param passes forward passes run
 * @param decodePasses of which decode steps: 0 or 1
 * @param promptTokens tokens computed in chunks
 * @param failedIn the sequences of the pass that failed; empty when none did
 * @param failure why; when present the step is aborted and {@code outcomes} is empty
 */
record StepOutcome(
        Map<Sequence, SequenceOutcome> outcomes,
        int passes,
        int decodePasses,
        int promptTokens,
        List<Sequence> failedIn,
        @Nullable StepFailedException failure) {

    static StepOutcome failed(List<Sequence> sequences, StepFailedException failure) {
        return new StepOutcome(Map.of(), 0, 0, 0, List.copyOf(sequences), failure);
    }
}
