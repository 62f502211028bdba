package io.causalstreams.export;

import io.causalstreams.export.internal.adapter.AdaptedCheckpoint;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.gguf.GgufCheckpoint;
import io.causalstreams.export.internal.graph.ExternalTensorFile;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.mixing.Mix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a checkpoint into a model directory: the files of {@code docs/graph-contract.md}.
 *
 * <p>Weights pass through some rows at a time, on all cores; a matrix is held whole only where it is transposed or rotated.
 * The directory appears whole or not at all.
 */
public final class OnnxExporter {
    private static final String PRODUCER = "causal-streams";

    private OnnxExporter() {}

    /**
     * Exports {@code source} into {@code outputDirectory}, which is replaced if it is there.
     *
     * @param source a {@code .gguf} file, or a directory with {@code config.json} and safetensors files or one GGUF model
     * @throws ExportException if the checkpoint cannot be read, asks for what is not implemented, or a file cannot be
     *     written
     */
    public static void export(Path source, Path outputDirectory, ExportOptions options) {
        export(source, outputDirectory, options, decoder -> PrecisionPlan.of(options, decoder));
    }

    /** Whether {@link #export} takes a directory for one GGUF model: its only file, or all parts of one, and no config.json. */
    public static boolean holdsOneGguf(Path directory) {
        return GgufCheckpoint.onlyFileOf(directory).isPresent();
    }

    /** The files a GGUF model lies in: {@code file}, or all its parts that are beside it, in their order. */
    public static List<Path> filesOf(Path file) {
        return GgufCheckpoint.partsOf(file);
    }

    static void export(
            Path source, Path outputDirectory, ExportOptions options, Function<Decoder, PrecisionPlan> plan) {
        try (Checkpoint checkpoint = open(source, options);
                StagingDirectory staging = StagingDirectory.beside(outputDirectory)) {
            checkpoint.writeTokenizer(staging.path());
            if (PooledModel.is(checkpoint)) {
                PooledExport.write(checkpoint, source, staging.path(), options, PRODUCER);
            } else {
                writeModel(checkpoint, source, outputDirectory, staging.path(), options, plan);
            }
            staging.moveInPlace();
        } catch (CheckpointException | UnsupportedModelException e) {
            throw new ExportException(e.getMessage(), e);
        } catch (IOException | UncheckedIOException e) {
            throw new ExportException("cannot write " + outputDirectory + ": " + e.getMessage(), e);
        }
    }

    /**
     * The structure of the graph that {@link #export} would write, as text: every weight with its shape and bytes. Reads
     * weights only where their values decide the structure ({@link Precision#INT4}, or a calibration, which also needs room
     * for measurements below the directory for temporary files).
     *
     * @throws ExportException as {@link #export}
     */
    public static String explain(Path source, ExportOptions options) {
        try (Checkpoint checkpoint = open(source, options)) {
            if (PooledModel.is(checkpoint)) {
                return PooledExport.explain(checkpoint, options);
            }
            ModelConfig config = new ModelConfig(checkpoint.config());
            Decoder decoder = Families.describe(config, Tensors.of(checkpoint.weights()));
            PrecisionPlan plain = PrecisionPlan.of(options, decoder);
            Path scratch = Path.of(System.getProperty("java.io.tmpdir"), "causal-streams-calibration");
            @Nullable Mix mix = mix(checkpoint, config, options, plain, scratch);
            PrecisionPlan plan = mix == null ? plain : plain.mixed(mix.fine());
            String name = options.name() != null ? options.name() : checkpoint.name();
            ModelGraph graph = plan.graph(name, TensorStore.discarding());
            return Explanation.of(config.modelType(), graph, options.precision())
                    + (mix == null ? "" : Explanation.of(mix));
        } catch (CheckpointException | UnsupportedModelException e) {
            throw new ExportException(e.getMessage(), e);
        } catch (IOException | UncheckedIOException e) {
            throw new ExportException("cannot write what is measured: " + e.getMessage(), e);
        }
    }

    private static Checkpoint open(Path source, ExportOptions options) {
        Checkpoint checkpoint = CheckpointFormats.open(source);
        return options.adapter() == null ? checkpoint : AdaptedCheckpoint.of(checkpoint, options.adapter());
    }

    private static void writeModel(
            Checkpoint checkpoint,
            Path source,
            Path outputDirectory,
            Path directory,
            ExportOptions options,
            Function<Decoder, PrecisionPlan> planner)
            throws IOException {
        ModelConfig config = new ModelConfig(checkpoint.config());
        Decoder described = Families.describe(config, Tensors.of(checkpoint.weights()));
        String name = options.name() != null ? options.name() : checkpoint.name();
        PrecisionPlan plain = planner.apply(described);
        @Nullable Mix mix = mix(checkpoint, config, options, plain, outputDirectory);
        PrecisionPlan plan = mix == null ? plain : plain.mixed(mix.fine());
        long total = plan.bytes();
        String weightsDigest;
        try (ExternalTensorFile data = new ExternalTensorFile(
                directory.resolve(ModelFiles.WEIGHTS),
                written -> options.listener().onProgress(written, Math.max(total, written)))) {
            ModelGraph graph = plan.graph(name, data);
            weightsDigest = data.finish();
            graph.write(directory, config, options.precision(), PRODUCER, weightsDigest);
        }
        KvCacheRanges ranges = options.kvCacheRanges();
        if (ranges != null) {
            QuantizedCache.write(directory, ranges);
        }
        ExportManifest.write(directory, source, name, options, mix, weightsDigest);
    }

    private static @Nullable Mix mix(
            Checkpoint checkpoint, ModelConfig config, ExportOptions options, PrecisionPlan plan, Path near)
            throws IOException {
        Calibration calibration = options.calibration();
        return calibration == null ? null : MixProbe.find(checkpoint, config, options, plan, calibration, near);
    }
}
