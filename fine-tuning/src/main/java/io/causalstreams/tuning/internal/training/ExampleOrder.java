package io.causalstreams.tuning.internal.training;

import io.causalstreams.tuning.internal.data.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which examples a step takes: all of them in an order of chance, again and again, each time in another order.
 *
 * <p>A function of seed and step alone, so that a resumed run goes on with what comes next.
 */
final class ExampleOrder {
    private final List<Example> examples;
    private final int perStep;
    private final long seed;
    private long epochShuffled = -1;
    private List<Example> shuffled = List.of();

    ExampleOrder(List<Example> examples, int perStep, long seed) {
        this.examples = List.copyOf(examples);
        this.perStep = Math.min(perStep, examples.size());
        this.seed = seed;
    }

    /** Steps of so many epochs. */
    int steps(double epochs) {
        return (int) Math.max(1, Math.round(epochs * examples.size() / perStep));
    }

    /** The examples of a step, counted from 0. */
    List<Example> step(int step) {
        List<Example> result = new ArrayList<>();
        for (long i = (long) step * perStep; i < (step + 1L) * perStep; i++) {
            result.add(epoch(i / examples.size()).get((int) (i % examples.size())));
        }
        return result;
    }

    private List<Example> epoch(long epoch) {
        if (epoch != epochShuffled) {
            shuffled = new ArrayList<>(examples);
            Collections.shuffle(shuffled, new Random(seed * 31 + epoch));
            epochShuffled = epoch;
        }
        return shuffled;
    }
}
