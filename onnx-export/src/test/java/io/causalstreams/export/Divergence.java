package io.causalstreams.export;

/** Kullback-Leibler divergence between next-token distributions. */
final class Divergence {
    private Divergence() {}

    /** Mean over rows of Σ p·ln(p/q), p and q the softmax of the logits. */
    static double mean(float[][] expected, float[][] actual) {
        double sum = 0;
        for (int row = 0; row < expected.length; row++) {
            double[] p = logProbabilities(expected[row]);
            double[] q = logProbabilities(actual[row]);
            for (int token = 0; token < p.length; token++) {
                sum += Math.exp(p[token]) * (p[token] - q[token]);
            }
        }
        return sum / expected.length;
    }

    private static double[] logProbabilities(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double[] result = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            result[token] = logits[token] - max - Math.log(sum);
        }
        return result;
    }
}
