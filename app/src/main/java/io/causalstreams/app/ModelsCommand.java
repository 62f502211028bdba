package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.models.KnownModel;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.models.ModelVerification;
import io.causalstreams.app.internal.models.PrecisionReport;
import io.causalstreams.app.internal.models.ServedMemory;
import io.causalstreams.app.internal.terminal.Bytes;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportReport;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What models there are, getting them, checking them. */
@Command(name = "models", description = "Models on this machine.", mixinStandardHelpOptions = true)
final class ModelsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "list, pull, prune, report, size or verify?");
    }

    @Command(name = "list", description = "Known aliases, downloads and exports.", mixinStandardHelpOptions = true)
    void list() throws IOException {
        ModelStore store = ModelStore.ofUser(Progress.silent());
        for (KnownModel model : KnownModel.all()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %-10s %s%n",
                    model.alias(),
                    store.isDownloaded(model) ? Bytes.of(model.bytes()) : "-",
                    model.description() + (store.isDownloaded(model) ? "" : " (not downloaded)"));
        }
        long stale = 0;
        for (ModelStore.Export export : store.exports()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %-10s %s%s%n",
                    export.label(),
                    Bytes.of(export.bytes()),
                    export.directory(),
                    export.current() ? "" : " (of another release)");
            stale += export.current() ? 0 : export.bytes();
        }
        if (stale > 0) {
            System.out.printf("%n'models prune' removes the exports of other releases: %s%n", Bytes.of(stale));
        }
    }

    @Command(
            name = "prune",
            description =
                    "Removes exports that another release of Causal Streams made; they are made again when needed.",
            mixinStandardHelpOptions = true)
    void prune() throws IOException {
        List<ModelStore.Export> removed = ModelStore.ofUser(Progress.silent()).prune();
        removed.forEach(export -> System.out.println("removed " + export.directory()));
        System.out.println(removed.size() + " removed, "
                + Bytes.of(removed.stream().mapToLong(ModelStore.Export::bytes).sum()));
    }

    @Command(name = "pull", description = "Downloads a model, and exports it.", mixinStandardHelpOptions = true)
    void pull(
            @Parameters(
                            paramLabel = "SRC",
                            defaultValue = "smollm2-135m-instruct",
                            description = "Alias or hub name; default ${DEFAULT-VALUE}.")
                    String source,
            @Mixin PullOptions options)
            throws IOException {
        Progress progress = Progress.ofStderr();
        ModelStore store = ModelStore.ofUser(progress);
        ModelSource parsed = ModelSource.parse(source);
        Path result = options.downloadOnly()
                ? store.checkpoint(parsed)
                : store.modelDirectory(parsed, options.precision(), ModelOptions.DEFAULT_PRECISION);
        System.out.println(result);
    }

    @Command(
            name = "verify",
            description = "Checks files against their digests, then loads the model and computes with it.",
            mixinStandardHelpOptions = true)
    int verify(
            @Parameters(
                            paramLabel = "SRC",
                            arity = "0..*",
                            description = "Aliases or exported directories; default everything in the cache.")
                    List<String> sources)
            throws IOException {
        ModelStore store = ModelStore.ofUser(Progress.silent());
        List<ModelVerification.Verdict> verdicts = store.verify(sources == null ? List.of() : sources);
        verdicts.forEach(verdict -> System.out.println((verdict.ok() ? "ok    " : "WRONG ") + verdict.text()));
        long wrong = verdicts.stream().filter(verdict -> !verdict.ok()).count();
        if (wrong > 0) {
            throw new AppException(
                    wrong + " of " + verdicts.size() + " are not as they should be; pull or export them again");
        }
        return 0;
    }

    @Command(
            name = "report",
            description = "Prints how far a model is from another of its vocabulary, on shipped texts (KL divergence,"
                    + " top-1 agreement, perplexity).",
            mixinStandardHelpOptions = true)
    void report(
            @Parameters(
                            paramLabel = "SRC",
                            description = "What is measured; a directory of Optimum or onnxruntime-genai too.")
                    String source,
            @Option(
                            names = "--against",
                            paramLabel = "SRC",
                            required = true,
                            description = "What it is measured against, at fp32 where it is a checkpoint.")
                    String reference,
            @Option(names = "--json", description = "One JSON object.") boolean json)
            throws IOException {
        ModelStore store = ModelStore.ofUser(Progress.ofStderr());
        ExportReport report = PrecisionReport.of(
                store.modelDirectory(ModelSource.parse(reference), null, Precision.FP32),
                store.modelDirectory(ModelSource.parse(source), null, Precision.FP32));
        System.out.print(json ? report.json() + System.lineSeparator() : report.table());
    }

    @Command(
            name = "size",
            description = "Says what memory 'serve' needs for a model; nothing is loaded.",
            mixinStandardHelpOptions = true)
    void size(
            @Parameters(
                            paramLabel = "SRC",
                            defaultValue = "smollm2-135m-instruct",
                            description = "As of serve --model; default ${DEFAULT-VALUE}.")
                    String source,
            @Mixin EngineOptions engine,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "4",
                            description = "Of the prompts topic; default ${DEFAULT-VALUE}.")
                    int partitions,
            @Option(names = "--config", paramLabel = "FILE", description = "Properties of serve --config.") @Nullable
                    Path config,
            @Mixin SizeOptions options)
            throws IOException {
        EngineConfig engineConfig = engine.config(EngineConfig.defaults());
        if (engineConfig.device().kind() != Device.Kind.CPU) {
            throw new AppException("sizes are those of the host's memory; leave --device out");
        }
        Path directory = ModelStore.ofUser(Progress.ofStderr())
                .modelDirectory(ModelSource.parse(source), options.precision.orNull(), ModelOptions.DEFAULT_PRECISION);
        KafkaConnection unused =
                KafkaConnection.of("localhost:9092", config); // for the file's settings; nobody connects
        CausalStreamsConfig settings = KafkaOptions.operatorConfig(unused);
        ServedMemory memory = ServedMemory.of(directory, engineConfig, settings, partitions);
        System.out.print(options.text(memory));
    }

    static final class SizeOptions {
        @Mixin
        private final PrecisionOption precision = new PrecisionOption();

        @Option(names = "--json", description = "One JSON object, sizes in bytes.")
        private boolean json;

        @Option(names = "--helm", description = "Values of the chart in deploy/kubernetes.")
        private boolean helm;

        String text(ServedMemory memory) {
            return json ? memory.json() + System.lineSeparator() : helm ? memory.helm() : memory.table();
        }
    }

    static final class PullOptions {
        @Mixin
        private final PrecisionOption precision = new PrecisionOption();

        @Option(names = "--download-only", description = "Do not export.")
        private boolean downloadOnly;

        @Nullable
        Precision precision() {
            return precision.orNull();
        }

        boolean downloadOnly() {
            return downloadOnly;
        }
    }
}
