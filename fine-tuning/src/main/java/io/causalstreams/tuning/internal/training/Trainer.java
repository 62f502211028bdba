package io.causalstreams.tuning.internal.training;

import io.causalstreams.tuning.TuningListener;
import io.causalstreams.tuning.TuningOptions;
import io.causalstreams.tuning.internal.adapter.Adapter;
import io.causalstreams.tuning.internal.adapter.Parameter;
import io.causalstreams.tuning.internal.data.Example;
import io.causalstreams.tuning.internal.data.Packing;
import io.causalstreams.tuning.internal.model.Batch;
import io.causalstreams.tuning.internal.model.Dropout;
import io.causalstreams.tuning.internal.model.TrainableModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Steps until the end, or until validations do not get better.
 *
 * <pre>
 *   step:  examples ─► batches ─► gradients, summed ─► clipped ─► AdamW ─► [validation ─► best is kept] ─► [state is written]
 * </pre>
 *
 * A step's loss is the mean over all predicted tokens of its examples, however they are packed. One thread.
 */
public final class Trainer {
    private static final long STATE_NANOS = 60_000_000_000L;
    /** As many first steps tell how long rows should be. */
    private static final int STEPS_TO_FIT = 50;

    private final TrainableModel model;
    private final List<Example> heldBack;
    private final TuningOptions.Schedule schedule;
    private final TuningListener listener;
    private final Packing packing;
    private final ExampleOrder order;
    private final LearningRate rate;
    private final AdamW optimiser;
    private final List<Parameter> parameters;
    private final int steps;
    private final long seed;
    private final Progress progress = new Progress();

    /** Where results go. */
    public interface Results {
        /** Keeps the adapter as it is now, in place of one kept before. */
        void keep(Adapter adapter) throws IOException;

        /** Draws what the losses were; pairs of step and loss. */
        void draw(List<double[]> training, List<double[]> validation) throws IOException;
    }

    public Trainer(
            TrainableModel model,
            List<Example> examples,
            List<Example> heldBack,
            TuningOptions options,
            TuningListener listener) {
        this.model = model;
        model.pauseBy(listener::beforeWork);
        this.heldBack = heldBack;
        this.schedule = options.schedule();
        this.listener = listener;
        this.seed = options.seed();
        this.order = new ExampleOrder(examples, schedule.stepExamples(), options.seed());
        int all = order.steps(schedule.epochs());
        this.steps = schedule.maxSteps() > 0 ? Math.min(schedule.maxSteps(), all) : all;
        List<List<Example>> first = IntStream.range(0, Math.min(steps, STEPS_TO_FIT))
                .mapToObj(order::step)
                .toList();
        int longest = Math.max(longest(examples), longest(heldBack));
        this.packing = Packing.fitting(first, longest, options.batchTokens());
        this.rate = new LearningRate(schedule.learningRate(), (int) Math.ceil(schedule.warmup() * steps), steps);
        this.parameters = model.adapter().parameters();
        this.optimiser = new AdamW(new AdamW.Settings(0.9, 0.999, 1e-8, schedule.decay()), parameters);
        model.adapter().initialise(options.seed());
        listener.onStart(new TuningListener.Plan(
                examples.size(),
                heldBack.size(),
                parameters.stream().mapToLong(Parameter::size).sum(),
                packing.length(),
                0,
                steps));
    }

    private static int longest(List<Example> examples) {
        return examples.stream().mapToInt(Example::length).max().orElse(0);
    }

    /** Trains to the end; goes on where {@code state} is. */
    public void run(Path state, String identity, Results results) throws IOException {
        StateFile file = new StateFile(state, identity);
        resumes(file);
        train(file, results);
    }

    /**
     * As {@link #run}, from the adapter as {@code begin} makes it. Only what is better on the records held back is kept.
     *
     * @return losses of the records held back: in the beginning, and of the best; equal when none was better
     */
    public double[] improve(Path state, String identity, Consumer<Adapter> begin, Results results) throws IOException {
        StateFile file = new StateFile(state, identity);
        if (!resumes(file)) {
            begin.accept(model.adapter());
            progress.validated(heldBackLoss());
        }
        train(file, results);
        double[] losses =
                progress.validation().stream().mapToDouble(point -> point[1]).toArray();
        return new double[] {losses[0], Arrays.stream(losses).min().orElseThrow()};
    }

    private boolean resumes(StateFile file) throws IOException {
        boolean resumes = file.read(parameters, optimiser, progress);
        if (resumes) {
            listener.onStart(new TuningListener.Plan(0, heldBack.size(), 0, packing.length(), progress.step(), steps));
        }
        return resumes;
    }

    private void train(StateFile file, Results results) throws IOException {
        long written = System.nanoTime();
        while (progress.step() < steps && !exhausted()) {
            step();
            boolean validates = progress.step() == steps || progress.step() % schedule.validateEvery() == 0;
            if (validates) {
                validate(results);
            }
            if (validates || System.nanoTime() - written > STATE_NANOS) {
                file.write(parameters, optimiser, progress);
                results.draw(progress.training(), progress.validation());
                written = System.nanoTime();
            }
        }
    }

    private boolean exhausted() {
        return schedule.patience() > 0 && progress.sinceBest() >= schedule.patience();
    }

    private void step() {
        List<Example> examples = order.step(progress.step());
        int predicted = examples.stream().mapToInt(Example::predicted).sum();
        parameters.forEach(parameter -> Arrays.fill(parameter.gradient(), 0));
        double sum = 0;
        List<Batch> batches = packing.pack(examples);
        for (int i = 0; i < batches.size(); i++) {
            long draw = Dropout.draw(seed, progress.step(), i);
            for (float loss : model.lossesAndGradients(batches.get(i), 1f / predicted, draw)) {
                sum += loss;
            }
        }
        Clipping.apply(parameters, schedule.clip());
        double learningRate = rate.at(progress.step());
        optimiser.step(learningRate);
        progress.stepped(sum / predicted);
        listener.onStep(new TuningListener.Step(
                progress.step(),
                sum / predicted,
                learningRate,
                examples.stream().mapToInt(Example::length).sum(),
                predicted));
    }

    /** Without records held back, the latest is the best. */
    private void validate(Results results) throws IOException {
        if (heldBack.isEmpty()) {
            results.keep(model.adapter());
            return;
        }
        double loss = heldBackLoss();
        boolean best = progress.validated(loss);
        if (best) {
            results.keep(model.adapter());
        }
        listener.onValidation(progress.step(), loss, best);
    }

    private double heldBackLoss() {
        double sum = 0;
        for (Batch batch : packing.pack(heldBack)) {
            for (float loss : model.losses(batch)) {
                sum += loss;
            }
        }
        return sum / heldBack.stream().mapToInt(Example::predicted).sum();
    }
}
