package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses checkpoints with weights that a description leaves out, but for those of tasks that are not asked for: the pooler and
 * the heads an encoder was trained with.
 */
public final class LeftOverEncoderTensors {
    private static final int NAMED = 3;
    private static final Pattern NOT_ASKED_FOR = Pattern.compile(
            "(.*\\.)?(pooler|cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector)\\..*|(.*\\.)?position_ids");

    private LeftOverEncoderTensors() {}

    /**
     * Checks what was asked for against what is there.
     *
     * @throws UnsupportedModelException naming the first tensor left out
     */
    public static void refuse(ModelConfig config, Tensors tensors) {
        List<String> left = tensors.unused().stream()
                .filter(name -> !NOT_ASKED_FOR.matcher(name).matches())
                .toList();
        if (!left.isEmpty()) {
            throw config.refused(
                    "model_type",
                    "is \"%s\", which has no place for %d tensors of the checkpoint (%s); the graph would be wrong without them"
                            .formatted(
                                    config.modelType(),
                                    left.size(),
                                    String.join(", ", left.subList(0, Math.min(NAMED, left.size())))));
        }
    }
}
