package io.causalstreams.tuning.internal.adapter;

/**
 * A linear module of the checkpoint with an adapter: A (rank, inputs), B (outputs, rank).
 *
 * @param name as in the checkpoint, {@code model.layers.0.self_attn.q_proj}
 * @param transposed whether the checkpoint stores its weight as (inputs, outputs)
 */
public record AdaptedModule(String name, int outputs, int inputs, boolean transposed) {

    /** The name within its layer, {@code self_attn.q_proj}: what follows the layer's number. */
    public String nameInLayer() {
        return name.replaceFirst("^.*?\\.\\d+\\.", "");
    }
}
