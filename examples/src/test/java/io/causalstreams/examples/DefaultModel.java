package io.causalstreams.examples;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The model of the tests, from the user's cache (fetched once). */
final class DefaultModel {

    private DefaultModel() {}

    /** Where it cannot be fetched the test is skipped, but fails in CI. */
    static Path directory() {
        try {
            return ModelStore.ofUser(Progress.ofStderr())
                    .modelDirectory(ModelSource.parse("smollm2-135m-instruct"), Precision.FP32, Precision.FP32);
        } catch (Exception e) {
            if (System.getenv("CI") != null) {
                throw new AssertionError("the default model cannot be had, and CI must run this test", e);
            }
            return Assumptions.abort("skipped: the default model cannot be had: " + e.getMessage());
        }
    }
}
