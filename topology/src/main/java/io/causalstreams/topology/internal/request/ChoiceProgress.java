package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.topology.event.OutputEvents.Partial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One choice of a request: what was published, and the tokens that wait to be published together.
 *
 * <p>Threading: written by the stream thread; {@link #published()} may be read by any.
 */
final class ChoiceProgress {

    private final List<Integer> tokenIds = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final List<AnswerPart> parts = new ArrayList<>();
    private @Nullable List<TokenLogprob> logprobs;
    private int characters;

    private final List<TokenChunk> pending = new ArrayList<>();
    private int pendingTokens;
    private long pendingSinceMs;

    void add(TokenChunk chunk, long nowMs) {
        if (pending.isEmpty()) {
            pendingSinceMs = nowMs;
        }
        pending.add(chunk);
        pendingTokens += chunk.tokenIds().size();
    }

    /** Whether enough tokens wait, or one waits long enough; the first token of a choice never waits. */
    boolean isDue(int tokensPerEvent, long maxDelayMs, long nowMs) {
        return !pending.isEmpty()
                && (tokenIds.isEmpty() || pendingTokens >= tokensPerEvent || nowMs - pendingSinceMs >= maxDelayMs);
    }

    /** What waits, in order, in as few chunks as hold {@code maxTokens}; more would make records too large. */
    List<TokenChunk> merged(int maxTokens) {
        List<TokenChunk> all = new ArrayList<>();
        List<TokenChunk> together = new ArrayList<>();
        int tokens = 0;
        for (TokenChunk chunk : pending) {
            if (!together.isEmpty() && tokens + chunk.tokenIds().size() > maxTokens) {
                all.add(merge(together));
                together.clear();
                tokens = 0;
            }
            together.add(chunk);
            tokens += chunk.tokenIds().size();
        }
        if (!together.isEmpty()) {
            all.add(merge(together));
        }
        return all;
    }

    private static TokenChunk merge(List<TokenChunk> chunks) {
        TokenChunk first = chunks.get(0);
        if (chunks.size() == 1) {
            return first;
        }
        List<Integer> ids = new ArrayList<>();
        StringBuilder merged = new StringBuilder();
        List<AnswerPart> parts = new ArrayList<>();
        List<TokenLogprob> scores = first.logprobs() == null ? null : new ArrayList<>();
        for (TokenChunk chunk : chunks) {
            ids.addAll(chunk.tokenIds());
            merged.append(chunk.text());
            parts.addAll(chunk.parts());
            if (scores != null && chunk.logprobs() != null) {
                scores.addAll(chunk.logprobs());
            }
        }
        return new TokenChunk(
                first.choice(), first.tokenIndex(), ids, merged.toString(), scores, AnswerPart.joined(parts));
    }

    /** Counts a chunk as published; nothing waits any more. */
    synchronized void publish(TokenChunk chunk) {
        tokenIds.addAll(chunk.tokenIds());
        text.append(chunk.text());
        parts.addAll(chunk.parts());
        characters += chunk.logprobs() == null
                ? chunk.text().codePointCount(0, chunk.text().length())
                : chunk.logprobs().stream().mapToInt(TokenLogprob::characters).sum();
        if (chunk.logprobs() != null) {
            if (logprobs == null) {
                logprobs = new ArrayList<>();
            }
            logprobs.addAll(chunk.logprobs());
        }
        pending.clear();
        pendingTokens = 0;
    }

    /** Characters (code points) that begin in the published tokens. */
    synchronized int characters() {
        return characters;
    }

    /** What was published so far. */
    synchronized Partial published() {
        return new Partial(
                text.toString(), tokenIds, logprobs == null ? null : List.copyOf(logprobs), AnswerPart.joined(parts));
    }
}
