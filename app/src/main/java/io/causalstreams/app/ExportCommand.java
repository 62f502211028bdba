package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.Calibrations;
import io.causalstreams.app.internal.models.ExportedModel;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.models.PrecisionReport;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Calibration;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.ExportReport;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.export.TargetDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checkpoint in, model directory out. */
@Command(
        name = "export",
        description = "Writes a checkpoint as an ONNX model directory.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // required
    private Target target;

    @Option(
            names = "--report",
            description = "Print how far the export is from fp32 on shipped texts (KL divergence, top-1 agreement,"
                    + " perplexity), and keep it as report.json.")
    private boolean report;

    @Option(
            names = "--max-kl",
            paramLabel = "NATS",
            description =
                    "Keep the KL divergence from fp32 on a shipped text below this, for example 0.005: matrices that"
                            + " matter most by measurement become finer. Takes minutes.")
    private @Nullable Double maxDivergence;

    @Option(
            names = "--block-size",
            paramLabel = "INPUTS",
            defaultValue = "" + ExportOptions.DEFAULT_BLOCK_SIZE,
            description =
                    "Of int4: inputs that share a step, 32, 64 or 128; default ${DEFAULT-VALUE}. Larger is faster and less"
                            + " exact; four-bit checkpoints keep their own.")
    private int blockSize;

    @Option(
            names = "--kv-cache",
            paramLabel = "TYPE",
            defaultValue = "fp32",
            description =
                    "Of what the KV cache is, fp32 or int8; default ${DEFAULT-VALUE}. int8 takes a quarter of the memory and decodes"
                            + " long contexts faster, computes long prompts slower, and costs some accuracy.")
    private KvCacheType kvCache = KvCacheType.FP32;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "Add a LoRA adapter, as peft and 'tune' save them, to the weights.")
    private @Nullable Path adapter;

    @Option(
            names = "--adapters",
            description = "The graph takes adapters when it runs, each request its own; not with --max-kl.")
    private boolean adaptable;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description =
                    "What will compute the graph, cpu or cuda; default ${DEFAULT-VALUE}. Graphs for cuda compute, and keep"
                            + " their cache, in fp16, or in bf16 with --precision bf16.")
    private TargetDevice device = TargetDevice.CPU;

    private enum KvCacheType {
        FP32,
        INT8
    }

    /** What is wanted: files, or only a look. */
    private static final class Target {
        @Option(names = "--output", paramLabel = "DIR", description = "A new or empty directory, or an earlier export.")
        private @Nullable Path output;

        @Option(names = "--explain", description = "Print the graph's structure with shapes and bytes; write nothing.")
        private boolean explain;
    }

    @Override
    public Integer call() throws IOException {
        Progress progress = Progress.ofStderr();
        ModelStore store = ModelStore.ofUser(progress);
        ModelSource source = model.source();
        ExportOptions plain = plainOptions();
        Path output = target.output;
        if (output == null && kvCache == KvCacheType.INT8) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--kv-cache int8 goes without --explain: what it adds to the graph is measured with the export");
        }
        if (target.explain || output == null) {
            System.out.print(OnnxExporter.explain(
                    store.checkpoint(source), plain.withCalibration(calibration(store, source, progress))));
            return 0;
        }
        requireReplaceable(output);
        Path reference = report ? store.modelDirectory(source, Precision.FP32, Precision.FP32) : null;
        store.export(source, output, plain.withCalibration(calibration(store, source, progress)));
        if (reference != null) {
            ExportReport measured = PrecisionReport.of(reference, output);
            measured.write(output);
            System.out.print(measured.table());
            System.out.print(ExportedModel.mix(output));
        }
        System.err.println(
                model.name() + " is in " + output + " (" + model.precision().id() + "); use it with --model " + output);
        return 0;
    }

    private ExportOptions plainOptions() {
        try {
            ExportOptions options = ExportOptions.of(model.precision())
                    .withBlockSize(blockSize)
                    .withAdapter(adapter)
                    .withAdaptable(adaptable)
                    .withDevice(device);
            return kvCache == KvCacheType.INT8 ? options.withInt8KvCache(Calibrations::kvCacheRanges) : options;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Calibration calibration(ModelStore store, ModelSource source, Progress progress)
            throws IOException {
        Double most = maxDivergence;
        if (adapter != null && (most != null || report)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--adapter goes without --report and --max-kl: they measure against the model without it");
        }
        if (most == null) {
            return null;
        }
        if (adaptable) {
            throw new ParameterException(spec.commandLine(), "--adapters goes without --max-kl");
        }
        if (!(most > 0) || model.precision() == Precision.FP32) {
            throw new ParameterException(
                    spec.commandLine(),
                    most > 0
                            ? "--max-kl needs --precision int8 or int4; fp32 is what it measures against"
                            : "--max-kl must be above 0");
        }
        return Calibrations.against(store.modelDirectory(source, Precision.FP32, Precision.FP32), most, progress);
    }

    /** Never replace what is not an export. */
    private static void requireReplaceable(Path directory) throws IOException {
        if (!Files.exists(directory) || Files.exists(directory.resolve("export.json"))) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new AppException("--output " + directory + " is a file; name a directory");
        }
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new AppException("--output " + directory + " holds other files; name a new or empty directory");
            }
        }
    }
}
