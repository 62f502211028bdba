package io.causalstreams.app;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;

/**
 * An engine that also closes when the JVM begins to exit, by Ctrl-C above all: a step that still runs when the process unloads
 * ONNX Runtime crashes in native code.
 */
final class EngineUntilExit extends ForwardingEngine {
    private final Thread hook;

    private EngineUntilExit(GenerationEngine engine) {
        super(engine);
        this.hook = new Thread(engine::close, "engine-shutdown");
    }

    /** Takes over {@code engine}. */
    static GenerationEngine of(GenerationEngine engine) {
        EngineUntilExit result = new EngineUntilExit(engine);
        Runtime.getRuntime().addShutdownHook(result.hook);
        return result;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is running
        }
        super.close();
    }
}
