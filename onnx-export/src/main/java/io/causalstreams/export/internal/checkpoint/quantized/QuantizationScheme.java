package io.causalstreams.export.internal.checkpoint.quantized;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.Map;

/** How a tool stores quantised weights. */
interface QuantizationScheme {

    /**
     * The weights that are made of several of these parts, by the name of the weight.
     *
     * @throws CheckpointException if parts are missing, or do not fit each other
     */
    Map<String, PackedWeight> weights(Parts parts);
}
