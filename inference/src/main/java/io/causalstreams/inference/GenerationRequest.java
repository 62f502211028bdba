package io.causalstreams.inference;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request: what to continue, how to sample, and where to resume.
 *
 * @param id names the request in errors, logs and metrics; unique among the requests in flight
 * @param task generate text, or classify the prompt into labels
 * @param resumeFrom tokens already generated (and published) per choice, index = choice; empty for a new request. The
 *     engine recomputes their cache in one prefill and continues with the next token; resumed tokens are not emitted again
 * @param priority lower runs earlier; 0 is the default
 * @param deadline after this instant the request is ended with {@link FinishReason#DEADLINE_EXCEEDED}
 * @param user requests of one user share the engine fairly with those of others
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        Task task,
        SamplingParams sampling,
        List<List<Integer>> resumeFrom,
        int priority,
        @Nullable Instant deadline,
        @Nullable String user) {

    public GenerationRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(sampling, "sampling");
        resumeFrom = resumeFrom.stream().map(List::copyOf).toList();
    }

    /** A new generate request with default priority and no deadline. */
    public static GenerationRequest of(String id, Prompt prompt, SamplingParams sampling) {
        return new GenerationRequest(id, prompt, new Task.Generate(), sampling, List.of(), 0, null, null);
    }

    /** This request, continued after {@code tokens} (per choice). */
    public GenerationRequest resumedFrom(List<List<Integer>> tokens) {
        return new GenerationRequest(id, prompt, task, sampling, tokens, priority, deadline, user);
    }

    /** This request with another deadline. */
    public GenerationRequest withDeadline(@Nullable Instant other) {
        return new GenerationRequest(id, prompt, task, sampling, resumeFrom, priority, other, user);
    }

    /** What the engine is asked to do with the prompt. */
    public sealed interface Task {

        /** Continue the prompt. With {@code maxTokens = 0} only score it. */
        record Generate() implements Task {}

        /**
         * Score every label as a continuation of the prompt, in teacher-forced passes, with no decode step.
         *
         * @param labels at least one, distinct, not empty
         */
        record Classify(List<String> labels) implements Task {
            public Classify {
                labels = List.copyOf(labels);
            }
        }
    }
}
