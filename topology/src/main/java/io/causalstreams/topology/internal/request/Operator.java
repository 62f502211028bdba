package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;

/** What the tasks of an operator share in this process. */
public record Operator(GenerationEngine engine, OperatorSettings settings, OperatorTelemetry telemetry) {}
