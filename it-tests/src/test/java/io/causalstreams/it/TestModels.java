package io.causalstreams.it;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Model directories for tests: the real model from the user's cache (fetched once), tiny ones exported into target. */
final class TestModels {
    static final Path TINY = Path.of("../onnx-export/src/test/resources/tiny");
    private static final ConcurrentHashMap<String, Path> EXPORTED = new ConcurrentHashMap<>();

    private TestModels() {}

    /** The default model. Where it cannot be fetched the test is skipped, but fails in CI. */
    static Path smolLm2(Precision precision) {
        try {
            return ModelStore.ofUser(Progress.ofStderr())
                    .modelDirectory(ModelSource.parse("smollm2-135m-instruct"), precision, precision);
        } catch (Exception e) {
            if (System.getenv("CI") != null) {
                throw new AssertionError("the default model cannot be had, and CI must run this test", e);
            }
            return Assumptions.abort("skipped: the default model cannot be had: " + e.getMessage());
        }
    }

    /** A tiny random checkpoint of {@link #TINY}, at fp32. */
    static Path tiny(String name) {
        return EXPORTED.computeIfAbsent(name, checkpoint -> {
            Path directory = Path.of("target/models").resolve(checkpoint);
            if (!Files.exists(directory.resolve("export.json"))) {
                OnnxExporter.export(TINY.resolve(checkpoint), directory, ExportOptions.of(Precision.FP32));
            }
            return directory;
        });
    }
}
