package io.causalstreams.export.internal.architecture;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses checkpoints with weights that a description leaves out: without a bias or a norm nobody asked for, the graph would
 * load, run and be wrong.
 */
final class LeftOverTensors {
    private static final int NAMED = 3;

    /** Tensors that are no weights of a text model, or none at all: tables and masks computed from the configuration. */
    private static final List<Pattern> NO_WEIGHTS = List.of(
            // What turns images into embeddings: the graph reads tokens.
            Pattern.compile("(model\\.)?(vision_tower|multi_modal_projector)\\..*"),
            Pattern.compile("(.*\\.)?rotary_emb\\.inv_freq"), // Llama, GPT-NeoX
            Pattern.compile("(.*\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)"), // GPT-2: the causal mask
            Pattern.compile("(.*\\.)?layers\\.\\d+\\.attention\\.(bias|masked_bias)")); // GPT-NeoX: the causal mask

    /** The head where it is the embedding once more. */
    private static final Pattern HEAD = Pattern.compile("(lm_head|embed_out)\\.weight");

    private LeftOverTensors() {}

    /** @throws UnsupportedModelException naming the first of them */
    static void refuse(ModelConfig config, Decoder decoder, Tensors tensors) {
        List<String> left = tensors.unused().stream()
                .filter(name -> NO_WEIGHTS.stream()
                        .noneMatch(pattern -> pattern.matcher(name).matches()))
                .filter(name -> !(decoder.tied() && HEAD.matcher(name).matches()))
                .toList();
        if (!left.isEmpty()) {
            String names = String.join(", ", left.subList(0, Math.min(NAMED, left.size())));
            throw config.refused(
                    "model_type",
                    "is \"%s\", which has no place for %d tensors of the checkpoint (%s%s); the graph would be wrong without them"
                            .formatted(config.modelType(), left.size(), names, left.size() > NAMED ? ", …" : ""));
        }
    }
}
