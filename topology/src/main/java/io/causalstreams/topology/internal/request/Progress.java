package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.event.OutputEvents.Partial;
import java.util.ArrayList;
import java.util.List;

/**
 * The choices of a running request.
 *
 * <p>Threading: written by the stream thread; {@link #published()} may be read by any.
 */
final class Progress {

    /** After a pause many tokens wait; with log-probabilities a token can have kilobytes. */
    private static final int MAX_TOKENS_PER_EVENT = 32;

    private final List<ChoiceProgress> choices;

    Progress(int n, List<TokenChunk> publishedBefore) {
        List<ChoiceProgress> all = new ArrayList<>(n);
        int known = publishedBefore.stream().mapToInt(TokenChunk::choice).max().orElse(0) + 1;
        for (int choice = 0; choice < Math.max(n, known); choice++) {
            all.add(new ChoiceProgress());
        }
        publishedBefore.forEach(chunk -> all.get(chunk.choice()).publish(chunk));
        this.choices = List.copyOf(all);
    }

    ChoiceProgress choice(int index) {
        return choices.get(index);
    }

    /** Chunks that are due, in order per choice; with {@code all} everything that waits. */
    List<TokenChunk> due(int tokensPerEvent, long maxDelayMs, long nowMs, boolean all) {
        List<TokenChunk> due = new ArrayList<>();
        for (ChoiceProgress choice : choices) {
            if (all ? choice.hasPending() : choice.isDue(tokensPerEvent, maxDelayMs, nowMs)) {
                due.addAll(choice.merged(Math.max(tokensPerEvent, MAX_TOKENS_PER_EVENT)));
            }
        }
        return due;
    }

    boolean hasPending() {
        return choices.stream().anyMatch(ChoiceProgress::hasPending);
    }

    /** What was published of each choice so far. */
    List<Partial> published() {
        return choices.stream().map(ChoiceProgress::published).toList();
    }

    /** The published tokens of each choice, as the engine resumes from them; empty when there are none. */
    List<List<Integer>> resumeFrom() {
        List<List<Integer>> tokens = published().stream().map(Partial::tokenIds).toList();
        return tokens.stream().allMatch(List::isEmpty) ? List.of() : tokens;
    }
}
