package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;

/** One kind of measurement. */
public interface Measurement {

    /** Opens the engine it needs, measures, gives {@code report} each result as it comes, and closes what it opened. */
    void run(Engines engines, BenchReport report) throws InterruptedException;

    /** Loads the model, as often as somebody asks. */
    interface Engines {

        /**
         * Loads the model.
         *
         * @param config what the measurement needs, where the user has said nothing else
         */
        GenerationEngine open(EngineConfig config);
    }
}
