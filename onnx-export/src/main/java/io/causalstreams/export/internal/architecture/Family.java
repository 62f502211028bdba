package io.causalstreams.export.internal.architecture;

import java.util.List;

/** A family of models: reads its configuration keys and tensor names into the common description. */
interface Family {

    /** The values of {@code model_type} that this family reads. */
    List<String> modelTypes();

    /**
     * Describes the decoder of one checkpoint.
     *
     * @throws UnsupportedModelException if the configuration asks for what is not implemented, or a tensor is missing or
     *     has another shape
     */
    Decoder describe(ModelConfig config, Tensors tensors);
}
