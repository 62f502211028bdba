package io.causalstreams.inference.internal.sampling;

import java.util.Arrays;

/**
 * The tokens a draw chooses from, in order of id, with their weights: {@code exp((logit - max) / temperature)}, so the
 * most likely token weighs 1 and a probability is a weight over the sum of all.
 *
 * <p>In order of id, not of weight: then a last-bit difference between two nearly equal logits moves an edge of the
 * cumulative distribution by a last bit, instead of swapping two tokens.
 *
 * <p>Cost for n tokens: one scan for top-k (plus a heap of k for the few that pass), one exponential for each token left,
 * one scan per further filter. The sum of the weights is remembered every {@value #STRIDE} tokens, so that a draw walks
 * through one stretch only.
 * Reused between draws; not thread-safe.
 */
final class Candidates {
    /** exp of less is 0 in float32, the precision of the models' own reference. */
    private static final double UNDERFLOW = -103.98;
    /** Far more than the logarithm and the exponential of a weight can be wrong by. */
    private static final double ROUNDING = 1e-9;
    /**
     * What e^log_sum_exp may be wrong by, relative: a few roundings of 2^-24 in a logarithm of less than 64, 1.2e-5, and in the sums
     * below it.
     */
    private static final double LOG_SUM_ERROR = 1e-4;
    /** Candidates between two remembered sums. */
    private static final int STRIDE = 256;

    /** Leaves a double's exponent and the first three bits of its mantissa. */
    private static final int STEP_SHIFT = 49;

    private static final int STEPS = 151 * 8 + 1;
    private static final int LEAST_STEP = (int) (Double.doubleToRawLongBits(1) >>> STEP_SHIFT) - STEPS + 1;

    /** At lower temperatures single precision would not do for an estimate. */
    private static final double LEAST_ESTIMATED = 0.01;

    private int[] ids = new int[0];
    private float[] rough = new float[0];
    private double[] weights = new double[0];
    private double[] scratch = new double[0];
    /** At i: the sum of the first i · STRIDE weights. */
    private double[] sums = new double[0];
    /** Sums of the weights of each {@link #step}. */
    private final double[] steps = new double[STEPS];

    private int size;
    private double total;

    /**
     * Starts over with the tokens of {@code logits[0..vocabulary)} that top-k keeps.
     *
     * @param max the largest logit, finite
     * @param temperature above 0
     * @param topK 0, -1 or ≥ vocabulary = all; tokens as likely as the k-th all stay
     * @param leastWeight tokens that weigh less may be left out
     */
    void select(float[] logits, int vocabulary, float max, double temperature, int topK, double leastWeight) {
        ensureCapacity(vocabulary);
        float floor = floor(max, temperature, leastWeight);
        if (topK > 0 && topK < vocabulary) {
            floor = Math.max(floor, TopValues.kthLargest(logits, vocabulary, topK));
        }
        size = collect(logits, vocabulary, floor, ids);
        double scale = 1 / Math.max(temperature, Double.MIN_NORMAL);
        weigh(logits, max, scale);
    }

    /** A logit below which tokens weigh less than {@code leastWeight}, or nothing. */
    private static float floor(float max, double temperature, double leastWeight) {
        double least = max + Math.max(Math.log(leastWeight) - ROUNDING, UNDERFLOW) * temperature;
        return Math.nextDown((float) least);
    }

    /**
     * Keeps the smallest set of most likely tokens whose probabilities sum to at least {@code topP}.
     *
     * <p>Sums by magnitude tell within which of them the set ends; only the weights of that one are searched for the edge.
     */
    void keepTopP(double topP) {
        if (topP < 1) {
            keepLargest(topP * total);
        }
    }

    /**
     * Starts over with the tokens that {@link #select} of all and then {@link #keepTopP} would leave, for less: the sum of all weights
     * is only estimated, and exact weights are those of tokens that the estimate does not rule out.
     *
     * @return false if the set ends so near to {@code topP} that the exact sum has to decide, or the estimate rules out too little
     */
    boolean selectTopP(float[] logits, int vocabulary, float max, double temperature, double topP) {
        if (temperature < LEAST_ESTIMATED) {
            return false;
        }
        ensureCapacity(vocabulary);
        double estimate = RoughSum.ofWeights(logits, vocabulary, max, (float) (1 / temperature), rough);
        // Tokens below this weigh, all together, no more than half of what is left out.
        double least = (1 - topP) * estimate / (2.0 * vocabulary);
        size = collect(logits, vocabulary, floor(max, temperature, least), ids);
        if (size > vocabulary / 4) {
            return false;
        }
        weigh(logits, max, 1 / temperature);
        double target = topP * estimate;
        double edge = keepLargest(target);
        return total >= target * (1 + RoughSum.ERROR) && total - edge < target * (1 - RoughSum.ERROR);
    }

    /**
     * Starts over with the tokens that {@link #select} of all and then {@link #keepTopP} would leave, if these are among the known ones
     * whatever the others are. Candidates are indices of {@code known}.
     *
     * <p>With weights w of temperature 1, the others' weights sum to R = e^(log_sum_exp - max) - Σ w, and none of them is above the
     * least one w'. At a temperature T ≤ 1 they are w^(1/T), and so sum to at most w'^(1/T - 1) · R. The set has to be the same for
     * the least and the largest sum of all that this leaves possible.
     *
     * @param max the largest logit
     * @param all whether every token of the row can be chosen; if not, some of R cannot
     */
    boolean selectKnown(KnownBest known, float max, double temperature, double topP, boolean all) {
        if (!known.hasSum() || topP >= 1 || temperature > 1 || temperature < LEAST_ESTIMATED) {
            return false;
        }
        select(known.logits(), known.size(), max, 1, 0, 0);
        double whole = Math.exp((double) known.logSumExp() - max);
        double leastRest = temperature == 1 && all ? Math.max(0, whole * (1 - LOG_SUM_ERROR) - total) : 0;
        double mostRest = Math.max(0, whole * (1 + LOG_SUM_ERROR) - total)
                * Math.exp(((double) known.least() - max) * (1 / temperature - 1));
        if (temperature != 1) {
            select(known.logits(), known.size(), max, temperature, 0, 0);
        }
        double leastTarget = topP * (total + leastRest) * (1 - ROUNDING);
        double mostTarget = topP * (total + mostRest) * (1 + ROUNDING);
        double edge = keepLargest(mostTarget);
        return total >= mostTarget && total - edge < leastTarget;
    }

    /**
     * Keeps as few of the largest weights as sum to {@code target}.
     *
     * @return the least of them
     */
    private double keepLargest(double target) {
        Arrays.fill(steps, 0);
        for (int i = 0; i < size; i++) {
            steps[step(weights[i])] += weights[i];
        }
        int edge = steps.length - 1;
        double above = 0;
        while (edge > 0 && above + steps[edge] < target) {
            above += steps[edge--];
        }
        int contenders = 0;
        for (int i = 0; i < size; i++) {
            if (step(weights[i]) == edge) {
                scratch[contenders++] = weights[i];
            }
        }
        Nucleus nucleus = Nucleus.of(scratch, contenders, target - above);
        double least = Math.max(
                nucleus.edge(), leastOf(edge)); // where rounding keeps the step's sum below the target, all of it
        int ties = nucleus.ties();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] > least || (weights[i] == least && ties-- > 0)) {
                keep(i, kept++);
            }
        }
        size = kept;
        sum();
        return least;
    }

    /** Of a weight in (0, 1]: eight steps from each power of two to the next, read from its bits. */
    private static int step(double weight) {
        return Math.max(0, (int) (Double.doubleToRawLongBits(weight) >>> STEP_SHIFT) - LEAST_STEP);
    }

    private static double leastOf(int step) {
        return step == 0 ? 0 : Double.longBitsToDouble((long) (step + LEAST_STEP) << STEP_SHIFT);
    }

    /** Keeps tokens at least {@code minP} times as likely as the most likely one. */
    void keepMinP(double minP) {
        if (minP <= 0) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] >= minP) {
                keep(i, kept++);
            }
        }
        size = kept;
        sum();
    }

    /** The token at {@code uniform} in [0, 1) of the cumulative distribution. */
    int draw(double uniform) {
        double target = uniform * total;
        int stretch = 0;
        while ((stretch + 1) * STRIDE < size && sums[stretch + 1] <= target) {
            stretch++;
        }
        double cumulative = sums[stretch];
        for (int i = stretch * STRIDE; i < size; i++) {
            cumulative += weights[i];
            if (target < cumulative) {
                return ids[i];
            }
        }
        return ids[size - 1]; // added in another order the sum differs in its last bits, and uniform was next to 1
    }

    /** Probabilities by token id, 0 for tokens that were filtered out. */
    double[] probabilities(int vocabulary) {
        double[] probabilities = new double[vocabulary];
        for (int i = 0; i < size; i++) {
            probabilities[ids[i]] = weights[i] / total;
        }
        return probabilities;
    }

    private static int collect(float[] logits, int vocabulary, float floor, int[] ids) {
        int size = 0;
        for (int id = 0; id < vocabulary; id++) {
            if (logits[id] >= floor) {
                ids[size++] = id;
            }
        }
        return size;
    }

    private void weigh(float[] logits, double max, double scale) {
        double[] weights = this.weights;
        int[] ids = this.ids;
        for (int i = 0; i < size; i++) {
            weights[i] = (logits[ids[i]] - max) * scale;
        }
        FastExp.ofNonPositive(weights, size);
        sum();
    }

    private void sum() {
        total = 0;
        for (int from = 0; from < size; from += STRIDE) {
            sums[from / STRIDE] = total;
            total += Sums.of(weights, from, Math.min(size, from + STRIDE));
        }
    }

    private void keep(int from, int to) {
        ids[to] = ids[from];
        weights[to] = weights[from];
    }

    private void ensureCapacity(int vocabulary) {
        if (ids.length < vocabulary) {
            ids = new int[vocabulary];
            weights = new double[vocabulary];
            scratch = new double[vocabulary];
            rough = new float[vocabulary];
            sums = new double[vocabulary / STRIDE + 1];
        }
    }
}
