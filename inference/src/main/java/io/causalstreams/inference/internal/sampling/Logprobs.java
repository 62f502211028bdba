package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Log-probabilities under the model's own distribution: log-softmax of the raw logits, summed in double. Where a model gives its
 * best tokens and their sum ({@link BestTokens}), those of its best tokens are by that sum, of which a rounding of fp32 is 1e-6 where
 * logits are about 16; ranks and alternatives are the same.
 *
 * <p>Equally likely tokens rank by id, as greedy decoding chooses the lowest.
 */
public final class Logprobs {
    private Logprobs() {}

    /**
     * The log-probability of {@code tokenId} and the {@code alternatives} most likely tokens in one row.
     *
     * <p>Cost: one exponential per token of the vocabulary.
     *
     * @throws SamplingException if a logit is NaN or +infinity
     */
    public static TokenLogprob of(Logits logits, int row, int tokenId, int alternatives, Tokenizer tokenizer) {
        return of(logits, row, tokenId, alternatives, tokenizer, tokenizer::bytesOf);
    }

    /**
     * The same for a token of a completion.
     *
     * @param bytes what a token would add to its text
     * @throws SamplingException if a logit is NaN or +infinity
     */
    public static TokenLogprob of(
            Logits logits, int row, int tokenId, int alternatives, Tokenizer tokenizer, IntFunction<byte[]> bytes) {
        BestTokens best = logits.best();
        if (best != null) {
            KnownBest known = Workspace.ofThread().best().of(best, row, logits.vocabulary());
            int place = known.indexOf(tokenId);
            if (known.hasSum() && place >= 0 && alternatives <= known.size()) {
                return of(known, place, alternatives, tokenizer, bytes);
            }
        }
        float[] values = Workspace.ofThread().row(logits, row);
        int vocabulary = logits.vocabulary();
        LogSoftmax softmax = LogSoftmax.of(values, vocabulary);
        List<TokenLogprob.Alternative> top = new ArrayList<>(alternatives);
        for (int id : TopValues.largest(values, vocabulary, Math.min(alternatives, vocabulary))) {
            top.add(new TokenLogprob.Alternative(
                    id, tokenizer.textOf(id), TokenLogprob.unsigned(bytes.apply(id)), softmax.at(values[id])));
        }
        return new TokenLogprob(
                tokenId,
                tokenizer.textOf(tokenId),
                TokenLogprob.unsigned(bytes.apply(tokenId)),
                softmax.at(values[tokenId]),
                rank(values, vocabulary, tokenId),
                top);
    }

    /** Of one of the known tokens: all that are more likely, or as likely, are known too. */
    private static TokenLogprob of(
            KnownBest known, int place, int alternatives, Tokenizer tokenizer, IntFunction<byte[]> bytes) {
        float[] values = known.logits();
        double sum = known.logSumExp();
        List<TokenLogprob.Alternative> top = new ArrayList<>(alternatives);
        for (int index : TopValues.largest(values, known.size(), alternatives)) {
            int id = known.id(index);
            top.add(new TokenLogprob.Alternative(
                    id, tokenizer.textOf(id), TokenLogprob.unsigned(bytes.apply(id)), values[index] - sum));
        }
        int tokenId = known.id(place);
        return new TokenLogprob(
                tokenId,
                tokenizer.textOf(tokenId),
                TokenLogprob.unsigned(bytes.apply(tokenId)),
                values[place] - sum,
                rank(values, known.size(), place),
                top);
    }

    /**
     * The log-probability of {@code tokenId} alone.
     *
     * @throws SamplingException if a logit is NaN or +infinity
     */
    public static double logprob(Logits logits, int row, int tokenId) {
        float[] values = Workspace.ofThread().row(logits, row);
        return LogSoftmax.of(values, logits.vocabulary()).at(values[tokenId]);
    }

    private record LogSoftmax(double max, double logSum) {

        static LogSoftmax of(float[] values, int size) {
            double max = values[Sampler.argMax(values, size)];
            double[] weights = Workspace.ofThread().weights(size);
            for (int i = 0; i < size; i++) {
                weights[i] = values[i] - max;
            }
            FastExp.ofNonPositive(weights, size);
            return new LogSoftmax(max, Math.log(Sums.of(weights, 0, size)));
        }

        double at(float value) {
            return value - max - logSum;
        }
    }

    private static int rank(float[] values, int size, int tokenId) {
        float value = values[tokenId];
        int rank = 1;
        for (int i = 0; i < tokenId; i++) {
            rank += values[i] >= value ? 1 : 0;
        }
        for (int i = tokenId + 1; i < size; i++) {
            rank += values[i] > value ? 1 : 0;
        }
        return rank;
    }
}
