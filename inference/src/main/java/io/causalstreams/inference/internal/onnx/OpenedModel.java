package io.causalstreams.inference.internal.onnx;

import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.PooledModel;

/** What a model directory holds. */
public sealed interface OpenedModel {

    /** A decoder that generates. */
    record Causal(CausalLm model) implements OpenedModel {}

    /** A model of whole texts. */
    record Pooled(PooledModel model) implements OpenedModel {}
}
