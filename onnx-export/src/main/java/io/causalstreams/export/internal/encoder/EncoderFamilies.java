package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import java.util.List;
import java.util.Optional;

/** The families of encoders that are known. */
public final class EncoderFamilies {
    private static final List<EncoderFamily> ALL = List.of(new BertFamily(), new DistilBertFamily());

    private EncoderFamilies() {}

    /** Whether a checkpoint of this {@code model_type} is an encoder. */
    public static boolean know(ModelConfig config) {
        return find(config).isPresent();
    }

    /**
     * Describes the encoder of a checkpoint.
     *
     * @throws UnsupportedModelException if the configuration asks for what is not implemented, or a tensor is not as it says
     */
    public static Encoder encoder(ModelConfig config, Tensors tensors) {
        return find(config).orElseThrow().encoder(config, tensors);
    }

    /** The head of a checkpoint that scores pairs of texts. @throws UnsupportedModelException as {@link #encoder} */
    public static ScoringHead head(ModelConfig config, Tensors tensors) {
        return find(config).orElseThrow().head(config, tensors);
    }

    private static Optional<EncoderFamily> find(ModelConfig config) {
        return ALL.stream()
                .filter(family -> family.modelTypes().contains(config.modelType()))
                .findFirst();
    }
}
