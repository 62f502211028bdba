package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.TokenLog;
import java.util.ArrayList;
import java.util.List;

/**
 * What was published of a request, by choice, and what waits to be.
 *
 * <p>Threading: written by the stream thread; {@link #published()} may be read by any.
 */
final class Progress {

    /** After a pause many tokens wait; with log-probabilities a token can have kilobytes. */
    private static final int MAX_TOKENS_PER_EVENT = 32;

    private final TokenLog log;
    private final List<ChoiceProgress> choices;

    /** Of {@code n} choices, going on from what the journal holds. */
    Progress(int n, TokenLog log) {
        List<TokenChunk> publishedBefore = log.published();
        List<ChoiceProgress> all = new ArrayList<>(n);
        int known = publishedBefore.stream().mapToInt(TokenChunk::choice).max().orElse(0) + 1;
        for (int choice = 0; choice < Math.max(n, known); choice++) {
            all.add(new ChoiceProgress());
        }
        publishedBefore.forEach(chunk -> all.get(chunk.choice()).publish(chunk));
        this.log = log;
        this.choices = List.copyOf(all);
    }

    /** Where published tokens are journaled. */
    TokenLog log() {
        return log;
    }

    /** The next tokens of a choice, to be published. */
    void add(TokenChunk chunk, long nowMs) {
        choice(chunk.choice()).add(chunk, nowMs);
    }

    ChoiceProgress choice(int index) {
        return choices.get(index);
    }

    /** Chunks that are due, in order per choice. */
    List<TokenChunk> due(int tokensPerEvent, long maxDelayMs, long nowMs) {
        List<TokenChunk> due = new ArrayList<>();
        for (ChoiceProgress choice : choices) {
            if (choice.isDue(tokensPerEvent, maxDelayMs, nowMs)) {
                due.addAll(choice.merged(Math.max(tokensPerEvent, MAX_TOKENS_PER_EVENT)));
            }
        }
        return due;
    }

    /** Everything that waits to be published, in order per choice. */
    List<TokenChunk> pending() {
        List<TokenChunk> pending = new ArrayList<>();
        choices.forEach(choice -> pending.addAll(choice.merged(MAX_TOKENS_PER_EVENT)));
        return pending;
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
