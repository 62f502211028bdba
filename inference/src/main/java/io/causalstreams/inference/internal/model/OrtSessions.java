package io.causalstreams.inference.internal.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;

/** Loads graphs, with the session options that all of them run with. */
final class OrtSessions {
    private OrtSessions() {}

    /** @throws GenerationException.Failed if ONNX Runtime cannot load the graph */
    static OrtSession open(OrtEnvironment environment, ModelDirectory directory, EngineConfig config) {
        try (SessionOptions options = new SessionOptions()) {
            if (config.intraOpThreads() != null) {
                options.setIntraOpNumThreads(config.intraOpThreads());
            }
            // The engine shares its machine with stream threads. Spinning workers take the cores from whoever could let
            // them go on: on two busy cores decoding was three times slower with spinning than without.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
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
