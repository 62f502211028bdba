package io.causalstreams.tuning.internal.training;

/**
 * The learning rate of a step.
 *
 * <pre>
 *   peak ┤   ╭──╮
 *        │  ╱    ╲          up in a line over the warm-up, down along half a cosine to 0
 *      0 ┼─╱──────╲──►
 * </pre>
 *
 * @param warmup steps
 */
record LearningRate(double peak, int warmup, int steps) {

    double at(int step) {
        if (step < warmup) {
            return peak * (step + 1) / warmup;
        }
        double done = (double) (step - warmup) / Math.max(1, steps - warmup);
        return peak * (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
    }
}
