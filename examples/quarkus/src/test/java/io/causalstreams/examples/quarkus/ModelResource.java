package io.causalstreams.examples.quarkus;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Precision;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.util.Map;

/** The default model. Where it cannot be fetched the test is skipped, but fails in CI. */
public class ModelResource implements QuarkusTestResourceLifecycleManager {

    /** A condition of JUnit's {@code EnabledIf}. */
    static boolean isThere() {
        try {
            model();
            return true;
        } catch (Exception e) {
            if (System.getenv("CI") != null) {
                throw new AssertionError("the default model cannot be had, and CI must run this test", e);
            }
            return false;
        }
    }

    @Override
    public Map<String, String> start() {
        try {
            return Map.of("causal.streams.model", model().toString());
        } catch (Exception e) {
            throw new AssertionError("the default model cannot be had", e);
        }
    }

    private static Path model() throws Exception {
        return ModelStore.ofUser(Progress.ofStderr())
                .modelDirectory(ModelSource.parse("smollm2-135m-instruct"), Precision.INT8, Precision.INT8);
    }

    @Override
    public void stop() {}
}
