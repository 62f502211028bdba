package io.causalstreams.export;

/** Sums over predictions of two models for the same tokens. */
final class Agreement {
    private int predictions;
    private int agreements;
    private double divergence;
    private double lossOfReference;
    private double loss;

    /** One prediction; {@code next} is the token that did follow. */
    void add(float[] expected, float[] actual, int next) {
        double expectedNorm = logSumExp(expected);
        double actualNorm = logSumExp(actual);
        for (int token = 0; token < expected.length; token++) {
            double p = expected[token] - expectedNorm;
            divergence += Math.exp(p) * (p - (actual[token] - actualNorm));
        }
        lossOfReference += expectedNorm - expected[next];
        loss += actualNorm - actual[next];
        agreements += argmax(expected) == argmax(actual) ? 1 : 0;
        predictions++;
    }

    void add(Agreement other) {
        predictions += other.predictions;
        agreements += other.agreements;
        divergence += other.divergence;
        lossOfReference += other.lossOfReference;
        loss += other.loss;
    }

    int predictions() {
        return predictions;
    }

    /** Mean Kullback-Leibler divergence of the second model from the first, nats. */
    double divergence() {
        return divergence / predictions;
    }

    /** Share of predictions with the same most likely token, 0 to 1. */
    double share() {
        return (double) agreements / predictions;
    }

    /** Of the second model. */
    double perplexity() {
        return Math.exp(loss / predictions);
    }

    /** Of the first model. */
    double referencePerplexity() {
        return Math.exp(lossOfReference / predictions);
    }

    private static double logSumExp(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
