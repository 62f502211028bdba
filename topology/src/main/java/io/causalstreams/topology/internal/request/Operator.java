package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;

/**
 * What the tasks of an operator share in this process.
 *
 * @param adapters which versions of adapters requests get
 * @param policies what is done about its requests
 */
public record Operator(
        GenerationEngine engine,
        OperatorSettings settings,
        OperatorTelemetry telemetry,
        AdapterCatalog adapters,
        Policies policies) {

    /** Where no adapters topic is followed. */
    public Operator(GenerationEngine engine, OperatorSettings settings, OperatorTelemetry telemetry) {
        this(engine, settings, telemetry, AdapterCatalog.none(), Policies.NONE);
    }
}
