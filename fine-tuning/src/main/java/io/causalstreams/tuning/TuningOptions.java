package io.causalstreams.tuning;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.tuning.internal.model.FrozenStorage;

/**
 * How to tune.
 *
 * @param lora what learns
 * @param storage of the weights that do not
 * @param schedule steps and learning rate
 * @param maxTokens of an example; longer ones are refused
 * @param batchTokens that go through the model together; a step's examples are cut into such batches
 * @param keptBytes memory for what backward passes read; layers that do not fit run forward again
 * @param threads cores to compute on
 * @param seed of the adapter's beginning, the order of examples and what is dropped
 */
public record TuningOptions(
        LoraConfig lora,
        FrozenStorage storage,
        Schedule schedule,
        int maxTokens,
        int batchTokens,
        long keptBytes,
        int threads,
        long seed) {

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public TuningOptions {
        check(maxTokens >= 2, "max-tokens", maxTokens, "2 or more");
        check(batchTokens >= 1, "batch-tokens", batchTokens, "1 or more");
        check(keptBytes >= 0, "activations", keptBytes, "0 or more");
        check(threads >= 1, "threads", threads, "1 or more");
    }

    private static void check(boolean holds, String option, Number value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(option + " is " + value + "; it must be " + range);
        }
    }

    /**
     * Steps and learning rate: from 0 up over the warm-up, then down to 0 along a cosine.
     *
     * @param epochs how often every record is seen
     * @param maxSteps steps at most; 0 = as many as the epochs have
     * @param stepExamples examples of a step
     * @param learningRate at its highest
     * @param warmup share of the steps
     * @param decay AdamW's weight decay
     * @param clip the gradient's greatest length; 0 = any
     * @param validation share of the records that is held back
     * @param validateEvery steps between two validations
     * @param patience validations without a better loss after which tuning ends; 0 = never
     */
    public record Schedule(
            double epochs,
            int maxSteps,
            int stepExamples,
            double learningRate,
            double warmup,
            double decay,
            double clip,
            double validation,
            int validateEvery,
            int patience) {

        /** @throws IllegalArgumentException naming the option that is out of its range */
        public Schedule {
            check(epochs > 0 && Double.isFinite(epochs), "epochs", epochs, "greater than 0");
            check(maxSteps >= 0, "max-steps", maxSteps, "0 or more");
            check(stepExamples >= 1, "batch-size", stepExamples, "1 or more");
            check(learningRate > 0 && Double.isFinite(learningRate), "learning-rate", learningRate, "greater than 0");
            check(warmup >= 0 && warmup <= 1, "warmup", warmup, "between 0 and 1");
            check(decay >= 0, "weight-decay", decay, "0 or more");
            check(clip >= 0, "clip", clip, "0 or more");
            check(validation >= 0 && validation < 1, "validation", validation, "at least 0 and less than 1");
            check(validateEvery >= 1, "validate-every", validateEvery, "1 or more");
            check(patience >= 0, "patience", patience, "0 or more");
        }
    }
}
