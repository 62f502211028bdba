package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import java.nio.file.Path;

/** Wires an engine from a model directory. */
public final class EngineFactory {
    private EngineFactory() {}

    @SuppressWarnings("DoNotCallSuggester")
    public static GenerationEngine open(Path modelDirectory, EngineConfig config) {
        throw new UnsupportedOperationException("no engine for " + modelDirectory + " with " + config);
    }
}
