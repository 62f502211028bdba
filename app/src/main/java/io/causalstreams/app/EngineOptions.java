package io.causalstreams.app;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sizes of the engine. */
final class EngineOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description =
                    "What computes the model: cpu, cuda, cuda:N, or auto, which is a CUDA device where one can be used;"
                            + " default cpu.")
    private @Nullable String device;

    @Option(
            names = "--no-cuda-graphs",
            negatable = false,
            description = "Launch the nodes of a decode step one by one.")
    private boolean noCudaGraphs;

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Requests that are computed at once; on a device as many as its memory holds, at most 256.")
    private @Nullable Integer slots;

    @Option(
            names = "--max-context",
            paramLabel = "TOKENS",
            description = "Prompt plus completion of one request; default what the model allows, at most 2048.")
    private @Nullable Integer maxContext;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the model; default one per core.")
    private @Nullable Integer threads;

    @Option(names = "--prefill-chunk", paramLabel = "TOKENS", description = "Prompt tokens computed in one step.")
    private @Nullable Integer prefillChunk;

    @Option(
            names = "--prefix-cache",
            paramLabel = "TOKENS",
            description = "Tokens of finished requests kept for reuse; 0 = off.")
    private @Nullable Integer prefixCache;

    @Option(
            names = "--no-speculation",
            negatable = false,
            description = "Do not guess tokens from the prompt when one request runs alone.")
    private boolean noSpeculation;

    @Option(
            names = "--undeclared-properties",
            description = "Answers by a JSON Schema may have properties of which it says nothing.")
    private boolean undeclaredProperties;

    @Option(
            names = "--any-property-order",
            description =
                    "Answers by a JSON Schema may have their properties in any order, not only in that of the schema.")
    private boolean anyPropertyOrder;

    /** The engine of {@code directory}, with what the user said instead of {@code defaults}. */
    GenerationEngine open(Path directory, EngineConfig defaults, Progress progress) {
        return load(directory, config(defaults), progress);
    }

    /** The engine of {@code directory}; shows on {@code progress} that it is being loaded. */
    static GenerationEngine load(Path directory, EngineConfig config, Progress progress) {
        Progress.Task loading = progress.start("Loading " + directory.getFileName(), 0);
        try {
            return GenerationEngine.open(directory, config);
        } finally {
            loading.close();
        }
    }

    /** On a device, its memory says how many slots there are, unless a command needs a number of its own. */
    private static EngineConfig on(Device device, EngineConfig defaults) {
        boolean chosen = defaults.slots() != EngineConfig.defaults().slots();
        EngineConfig config = defaults.withDevice(device);
        return chosen || device.kind() == Device.Kind.CPU ? config : config.withSlots(EngineConfig.SLOTS_THAT_FIT);
    }

    /** {@code defaults}, with what the user said instead. */
    EngineConfig config(EngineConfig defaults) {
        try {
            EngineConfig config = device == null ? defaults : on(Device.parse(device), defaults);
            config = noCudaGraphs ? config.withCudaGraphs(false) : config;
            config = slots == null ? config : config.withSlots(slots);
            config = maxContext == null ? config : config.withMaxContextTokens(maxContext);
            config = threads == null ? config : config.withIntraOpThreads(threads);
            config = prefillChunk == null ? config : config.withPrefillChunkTokens(prefillChunk);
            config = prefixCache == null ? config : config.withPrefixCacheTokens(prefixCache);
            config = undeclaredProperties ? config.withUndeclaredProperties(true) : config;
            config = anyPropertyOrder ? config.withAnyPropertyOrder(true) : config;
            return noSpeculation ? config.withSpeculation(false) : config;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
