package io.causalstreams.app;

import io.causalstreams.app.internal.kafka.TrainingRecords;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.tuning.FineTuning;
import io.causalstreams.tuning.TuningListener;
import io.causalstreams.tuning.TuningOptions;
import io.causalstreams.tuning.internal.model.FrozenStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Records in, an adapter out. */
@Command(
        name = "tune",
        description = "Tunes a model on records (LoRA), into an adapter that peft loads and 'export --adapter' merges."
                + " Ended at any time, the same command goes on where it was.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
final class TuneCommand implements Callable<Integer> {
    private static final long MEBI = 1L << 20;
    private static final String TOPIC = "topic:";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "smollm2-135m-instruct",
            description = "A .gguf file, a checkpoint directory, a hub name owner/name[@revision], or an alias.")
    private String model = "";

    @Option(
            names = "--data",
            paramLabel = "FILE|topic:NAME",
            required = true,
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Records in JSON, one to a line, or a topic of them: messages that end with an answer; or messages"
                            + " or a prompt, with a completion or a label.")
    private String data = "";

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "For the adapter, the curve of losses, and the state from which a run goes on.")
    @SuppressWarnings("NullAway.Init") // required
    private Path output;

    @Option(names = "--rank", defaultValue = "16", description = "Of the adapter's matrices.")
    private int rank;

    @Option(names = "--alpha", defaultValue = "32", description = "The adapter counts alpha / rank times.")
    private double alpha;

    @Option(names = "--rslora", description = "It counts alpha / √rank times.")
    private boolean rankStabilised;

    @Option(
            names = "--dropout",
            defaultValue = "0",
            description = "Share of what the adapter reads that is dropped while it learns, as peft's lora_dropout.")
    private double dropout;

    @Option(
            names = "--target-modules",
            paramLabel = "NAME",
            split = ",",
            defaultValue = LoraConfig.ALL_LINEAR,
            description = "What is adapted, by the last parts of names such as q_proj.")
    private List<String> targets = List.of();

    @Option(
            names = "--base",
            paramLabel = "STORAGE",
            defaultValue = "fp32",
            description =
                    "How weights that do not learn are kept: ${COMPLETION-CANDIDATES}. Fewer bits need less memory and some more time.")
    private FrozenStorage storage = FrozenStorage.FP32;

    @Option(names = "--epochs", defaultValue = "1", description = "How often every record is seen.")
    private double epochs;

    @Option(names = "--max-steps", defaultValue = "0", description = "Steps at most; 0: as many as the epochs have.")
    private int maxSteps;

    @Option(names = "--batch-size", defaultValue = "16", description = "Records of a step.")
    private int stepExamples;

    @Option(names = "--learning-rate", defaultValue = "5e-4", description = "At its highest.")
    private double learningRate;

    @Option(names = "--warmup", defaultValue = "0.05", description = "Share of the steps; a cosine follows.")
    private double warmup;

    @Option(names = "--weight-decay", defaultValue = "0.01", description = "AdamW's.")
    private double decay;

    @Option(names = "--clip", defaultValue = "1", description = "The gradient's greatest length; 0: any.")
    private double clip;

    @Option(names = "--validation", defaultValue = "0.02", description = "Share of the records that is held back.")
    private double validation;

    @Option(names = "--validate-every", defaultValue = "100", description = "Steps; the best adapter is kept.")
    private int validateEvery;

    @Option(
            names = "--patience",
            defaultValue = "0",
            description = "Ends after so many validations without a better one; 0: never.")
    private int patience;

    @Option(names = "--max-tokens", defaultValue = "512", description = "Of a record; longer ones are refused.")
    private int maxTokens;

    @Option(names = "--batch-tokens", defaultValue = "512", description = "That go through the model together.")
    private int batchTokens;

    @Option(
            names = "--activations",
            paramLabel = "MIB",
            defaultValue = "2048",
            description = "Memory for what backward passes read; layers that do not fit run forward twice.")
    private long keptMebibytes;

    @Option(names = "--threads", paramLabel = "N", description = "Cores to compute on; default all.")
    private @Nullable Integer threads;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Of the adapter's beginning, the records' order and what is dropped.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        TuningOptions options = options();
        Progress progress = Progress.ofStderr();
        Path checkpoint = ModelStore.ofUser(progress).checkpoint(ModelSource.parse(model));
        try (Shown shown = new Shown(progress)) {
            FineTuning.run(checkpoint, records(progress), output, options, shown);
        }
        System.err.println("The adapter is in " + output + "; merge it with 'causal-streams export --model " + model
                + " --adapter " + output + " --output DIR'");
        return 0;
    }

    private TuningOptions options() {
        try {
            return new TuningOptions(
                    new LoraConfig(rank, alpha, rankStabilised, dropout, targets),
                    storage,
                    new TuningOptions.Schedule(
                            epochs,
                            maxSteps,
                            stepExamples,
                            learningRate,
                            warmup,
                            decay,
                            clip,
                            validation,
                            validateEvery,
                            patience),
                    maxTokens,
                    batchTokens,
                    keptMebibytes * MEBI,
                    threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                    seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }

    /** A topic is read once: whoever goes on learns from the records that it began with. */
    private Path records(Progress progress) throws IOException {
        if (!data.startsWith(TOPIC)) {
            return Path.of(data);
        }
        Path file = output.resolve("records.jsonl");
        if (Files.exists(file)) {
            progress.note("Learning from what was read of the topic before; remove " + file + " to read it again");
        } else {
            TrainingRecords.write(kafka.connection(), data.substring(TOPIC.length()), file);
        }
        return file;
    }

    /** A bar of steps, and a line for every validation. */
    private static final class Shown implements TuningListener, AutoCloseable {
        private final Progress progress;
        private Progress.@Nullable Task bar;
        private int steps;
        private long tokens;
        private double loss;
        private long began = System.nanoTime();

        Shown(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void onStart(Plan plan) {
            steps = plan.steps();
            began = System.nanoTime();
            if (plan.firstStep() > 0) {
                progress.note("Going on after step " + plan.firstStep());
                return;
            }
            progress.note(String.format(
                    Locale.ROOT,
                    "%d records to learn from, %d held back; %,d parameters learn; rows of %d tokens",
                    plan.examples(),
                    plan.heldBack(),
                    plan.parameters(),
                    plan.rowTokens()));
        }

        @Override
        public void onStep(Step step) {
            if (bar == null) {
                bar = progress.count("Tuning", steps, "steps");
            }
            tokens += step.tokens();
            loss = loss == 0 ? step.loss() : 0.9 * loss + 0.1 * step.loss();
            bar.update(step.step(), steps);
        }

        @Override
        public void onValidation(int step, double validation, boolean best) {
            progress.note(String.format(
                    Locale.ROOT,
                    "step %d: loss %.4f, held back %.4f%s; %.0f tokens/s",
                    step,
                    loss,
                    validation,
                    best ? " (best)" : "",
                    tokens * 1e9 / (System.nanoTime() - began)));
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
            progress.note(
                    String.format(Locale.ROOT, "%,d tokens in %.1f s", tokens, (System.nanoTime() - began) / 1e9));
        }
    }
}
