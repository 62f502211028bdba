package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.TokenConstraint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose prompt is tokens and whose parameters were checked against the model. Immutable by agreement: nobody
 * writes into its arrays.
 */
final class PreparedRequest {
    final String id;
    final int[] promptTokens;
    final SamplingParams sampling;
    /** Most tokens of one choice: what was asked for, or what the context has left. */
    final int maxTokens;

    final long seed;
    /** Per choice the tokens generated before; as many entries as choices. */
    final List<int[]> resumed;

    final @Nullable TokenConstraint constraint;
    /** Labels to score instead of generating; null for a generation. */
    final @Nullable List<Label> labels;

    final int priority;
    final @Nullable Instant deadline;
    final String user;

    PreparedRequest(
            String id,
            int[] promptTokens,
            SamplingParams sampling,
            int maxTokens,
            long seed,
            List<int[]> resumed,
            @Nullable TokenConstraint constraint,
            @Nullable List<Label> labels,
            int priority,
            @Nullable Instant deadline,
            String user) {
        this.id = id;
        this.promptTokens = promptTokens;
        this.sampling = sampling;
        this.maxTokens = maxTokens;
        this.seed = seed;
        this.resumed = List.copyOf(resumed);
        this.constraint = constraint;
        this.labels = labels == null ? null : List.copyOf(labels);
        this.priority = priority;
        this.deadline = deadline;
        this.user = user;
    }

    /** A label and its tokens as a continuation of the prompt, at least one. */
    static final class Label {
        final String text;
        final int[] tokens;

        Label(String text, int[] tokens) {
            this.text = text;
            this.tokens = tokens;
        }
    }
}
