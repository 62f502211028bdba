package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.SamplingParams;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says after each token whether it ends its choice; stop strings are the detokenizer's business. Immutable.
 *
 * <p>A constrained choice that chose end-of-sequence is complete, so there neither {@code ignore_eos} nor
 * {@code min_tokens} keeps it going: nothing may follow.
 */
public final class TokenStop {
    private final Set<Integer> eosTokenIds;
    private final Set<Integer> stopTokenIds;
    private final boolean constrained;
    private final boolean ignoreEos;
    private final int minTokens;
    private final int maxTokens;

    /** @param maxTokens the effective limit: what was asked for, or what the context has left */
    public TokenStop(SamplingParams params, Set<Integer> eosTokenIds, int maxTokens) {
        this.eosTokenIds = Set.copyOf(eosTokenIds);
        this.stopTokenIds = params.stopTokenIds();
        this.constrained = params.constraint() != null;
        this.ignoreEos = params.ignoreEos();
        this.minTokens = params.minTokens();
        this.maxTokens = maxTokens;
    }

    /**
     * Judges the completion's newest token.
     *
     * @param completionLength tokens of the completion, this one included
     * @return null to go on
     */
    public @Nullable Stop after(int tokenId, int completionLength) {
        boolean endOfSequence = eosTokenIds.contains(tokenId);
        if (endOfSequence && constrained) {
            return new Stop(FinishReason.STOP, null);
        }
        if (completionLength > minTokens) {
            if (endOfSequence && !ignoreEos) {
                return new Stop(FinishReason.STOP, null);
            }
            if (stopTokenIds.contains(tokenId)) {
                return new Stop(FinishReason.STOP, tokenId);
            }
        }
        return completionLength >= maxTokens ? new Stop(FinishReason.LENGTH, null) : null;
    }

    /**
     * The end of a choice.
     *
     * @param stopReason the stop token id that ended it, else null (as in vLLM)
     */
    public record Stop(FinishReason finishReason, @Nullable Object stopReason) {}
}
