package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says after each token whether it ends its choice; stop strings are the detokenizer's business. Immutable.
 *
 * <p>A choice that has a form ends by its form. There end-of-sequence comes only where the text may end, and ends it whatever
 * {@code ignore_eos} and {@code min_tokens} say, for nothing can follow; a stop token that comes elsewhere is text.
 */
public final class TokenStop {
    private final Set<Integer> eosTokenIds;
    private final SamplingParams params;
    private final int maxTokens;

    /** @param maxTokens the effective limit: what was asked for, or what the context has left */
    public TokenStop(SamplingParams params, Set<Integer> eosTokenIds, int maxTokens) {
        this.eosTokenIds = Set.copyOf(eosTokenIds);
        this.params = params;
        this.maxTokens = maxTokens;
    }

    /**
     * Judges the completion's newest token.
     *
     * @param completionLength tokens of the completion, this one included
     * @param form where the completion stood in its form in front of this token; null if it has none
     * @return null to go on
     */
    public @Nullable Stop after(int tokenId, int completionLength, TokenConstraint.@Nullable State form) {
        boolean endOfSequence = eosTokenIds.contains(tokenId);
        if (endOfSequence && form != null) {
            return new Stop(FinishReason.STOP, null);
        }
        if (completionLength > params.minTokens()) {
            if (endOfSequence && !params.ignoreEos()) {
                return new Stop(FinishReason.STOP, null);
            }
            if (params.stopTokenIds().contains(tokenId) && (form == null || isComplete(form, tokenId))) {
                return new Stop(FinishReason.STOP, tokenId);
            }
        }
        return completionLength >= maxTokens ? new Stop(FinishReason.LENGTH, null) : null;
    }

    /** Whether the text that a stop token leaves has its form. */
    private boolean isComplete(TokenConstraint.State form, int stopTokenId) {
        return params.includeStopStrInOutput() ? form.after(stopTokenId).accepting() : form.accepting();
    }

    /**
     * The end of a choice.
     *
     * @param stopReason the stop token id that ended it, else null (as in vLLM)
     */
    public record Stop(FinishReason finishReason, @Nullable Object stopReason) {}
}
