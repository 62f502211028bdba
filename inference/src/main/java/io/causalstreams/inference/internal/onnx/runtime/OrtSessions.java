package io.causalstreams.inference.internal.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import java.util.function.Consumer;

/** Loads graphs, with the session options that all of them run with. */
public final class OrtSessions {
    /** More than the gaps between two nodes of a step that run on all cores. */
    private static final String SPIN_MICROSECONDS = "50";
    /** Looks rarer and rarer for work, up to this many pauses apart. */
    private static final String SPIN_BACKOFF = "8";

    private OrtSessions() {}

    /** Loads the graph of {@code directory}. @throws GenerationException.Failed if ONNX Runtime cannot load the graph */
    public static OrtSession open(OrtEnvironment environment, ModelDirectory directory, EngineConfig config) {
        return open(environment, directory, config, options -> {});
    }

    /**
     * As {@link #open(OrtEnvironment, ModelDirectory, EngineConfig)}, to be computed by {@code accelerator}.
     *
     * @param recording whether its passes are to be recorded and replayed
     */
    public static OrtSession open(
            OrtEnvironment environment,
            ModelDirectory directory,
            EngineConfig config,
            Accelerator accelerator,
            boolean recording) {
        return open(environment, directory, config, options -> {
            try {
                accelerator.addTo(options, recording);
            } catch (OrtException e) {
                throw new GenerationException.Failed(
                        "device " + accelerator.name() + " cannot be used: " + e.getMessage() + "; see docs/gpu.md", e);
            }
        });
    }

    private static OrtSession open(
            OrtEnvironment environment,
            ModelDirectory directory,
            EngineConfig config,
            Consumer<SessionOptions> providers) {
        try (SessionOptions options = new SessionOptions()) {
            providers.accept(options);
            if (config.intraOpThreads() != null) {
                options.setIntraOpNumThreads(config.intraOpThreads());
            }
            // Workers wait for the next node awake, but not for long: a step is hundreds of nodes of some ten
            // microseconds, and waking a sleeping worker for each costs a quarter of a step at one request. The engine
            // shares its machine with stream threads, though, and the default of a millisecond and more takes the
            // cores from them.
            options.addConfigEntry("session.intra_op.spin_duration_us", SPIN_MICROSECONDS);
            options.addConfigEntry("session.intra_op.spin_backoff_max", SPIN_BACKOFF);
            // Every chunk has its own length: patterns of memory would be planned for each and kept.
            options.setMemoryPatternOptimization(false);
            // Int8 products saturate on x86 without VNNI unless weights become unsigned; see docs/graph-contract.md.
            if (Int8Saturation.happensHere(environment)) {
                options.addConfigEntry("session.x64quantprecision", "1");
            }
            return environment.createSession(directory.graph().toString(), options);
        } catch (OrtException e) {
            throw new GenerationException.Failed(
                    "model " + directory.graph() + ": cannot be loaded (" + e.getMessage() + "); "
                            + (directory.exported() ? "export it again" : "export its checkpoint instead"),
                    e);
        }
    }
}
