package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.mixing.CandidateTensors;
import io.causalstreams.export.internal.mixing.MatrixGroup;
import io.causalstreams.export.internal.mixing.MatrixGroups;
import io.causalstreams.export.internal.mixing.Mix;
import io.causalstreams.export.internal.mixing.MixSearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Tries mixes of two arithmetics as model directories, without exporting the checkpoint anew for each. */
final class MixProbe {
    private final ModelConfig config;
    private final ExportOptions options;
    private final PrecisionPlan plan;
    private final Calibration calibration;
    private final Path directory;
    private final CandidateTensors tensors;

    private MixProbe(
            ModelConfig config,
            ExportOptions options,
            PrecisionPlan plan,
            Calibration calibration,
            Path directory,
            CandidateTensors tensors) {
        this.config = config;
        this.options = options;
        this.plan = plan;
        this.calibration = calibration;
        this.directory = directory;
        this.tensors = tensors;
    }

    /**
     * The mix that keeps the calibration's limit.
     *
     * @param near a path whose file system has room for the weights
     */
    static Mix find(
            Checkpoint checkpoint,
            ModelConfig config,
            ExportOptions options,
            PrecisionPlan plan,
            Calibration calibration,
            Path near)
            throws IOException {
        try (StagingDirectory scratch = StagingDirectory.beside(near);
                CandidateTensors tensors = new CandidateTensors(scratch.path())) {
            checkpoint.writeTokenizer(scratch.path());
            Files.writeString(scratch.path().resolve(ExportManifest.FILE), "{}");
            MixProbe probe = new MixProbe(config, options, plan, calibration, scratch.path(), tensors);
            List<MatrixGroup> groups = MatrixGroups.of(plan.decoder(), plan.reals());
            return new MixSearch(groups, calibration.maxDivergence(), probe::divergence).find();
        }
    }

    private double divergence(Collection<MatrixGroup> fine) {
        try {
            write(fine);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return calibration.of(directory);
    }

    private void write(Collection<MatrixGroup> fine) throws IOException {
        tensors.begin(fine);
        ModelGraph graph = plan.mixed(fine).graph("candidate", tensors);
        tensors.flush();
        graph.write(directory, config, options.precision(), "calibration", "weights of a candidate");
    }
}
