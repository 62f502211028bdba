package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import java.util.List;

/** A family of encoders: reads its configuration keys and tensor names into the common description. */
interface EncoderFamily {

    /** The values of {@code model_type} that this family reads. */
    List<String> modelTypes();

    /**
     * Describes the encoder of a checkpoint.
     *
     * @throws UnsupportedModelException if the configuration asks for what is not implemented, or a tensor is not as it says
     */
    Encoder encoder(ModelConfig config, Tensors tensors);

    /** The head of a checkpoint that scores pairs of texts. @throws UnsupportedModelException as {@link #encoder} */
    ScoringHead head(ModelConfig config, Tensors tensors);
}
