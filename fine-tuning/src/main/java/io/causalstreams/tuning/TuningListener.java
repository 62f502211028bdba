package io.causalstreams.tuning;

/** Hears of a tuning's progress, on its thread. */
public interface TuningListener {

    /** A piece of work comes next, a layer forward or backward; this may wait, so that others have the cores. */
    default void beforeWork() {}

    /** Work begins, or goes on where an earlier run was ended. */
    default void onStart(Plan plan) {}

    /** A step was done. */
    default void onStep(Step step) {}

    /** A validation was done. */
    default void onValidation(int step, double loss, boolean best) {}

    /**
     * What will be done.
     *
     * @param parameters that learn
     * @param rowTokens tokens of a row, into which examples are packed
     * @param firstStep 0, or where an earlier run was ended
     */
    record Plan(int examples, int heldBack, long parameters, int rowTokens, int firstStep, int steps) {}

    /**
     * A step's figures.
     *
     * @param loss mean of the predicted tokens, in nats
     * @param tokens of the step's examples
     * @param predicted those of them that belong to completions
     */
    record Step(int step, double loss, double learningRate, int tokens, int predicted) {}
}
