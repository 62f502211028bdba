package io.causalstreams.tuning.internal.training;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a training is, and what it has seen: everything but the numbers that learn. One thread.
 *
 * <p>Losses are those of steps and of validations, in order.
 */
final class Progress {
    private final List<double[]> training = new ArrayList<>();
    private final List<double[]> validation = new ArrayList<>();
    private int step;
    private double best = Double.POSITIVE_INFINITY;
    private int sinceBest;

    int step() {
        return step;
    }

    void stepped(double loss) {
        training.add(new double[] {step, loss});
        step++;
    }

    /** Takes a validation's loss; true if none before was as good. */
    boolean validated(double loss) {
        validation.add(new double[] {step, loss});
        sinceBest = loss < best ? 0 : sinceBest + 1;
        best = Math.min(best, loss);
        return sinceBest == 0;
    }

    int sinceBest() {
        return sinceBest;
    }

    /** Pairs of step and loss. */
    List<double[]> training() {
        return training;
    }

    /** Pairs of step and loss. */
    List<double[]> validation() {
        return validation;
    }

    /** Takes over what another run has seen. */
    void resume(List<double[]> trained, List<double[]> validated) {
        trained.forEach(point -> stepped(point[1]));
        int steps = step;
        validated.forEach(point -> {
            step = (int) point[0];
            validated(point[1]);
        });
        step = steps;
    }
}
