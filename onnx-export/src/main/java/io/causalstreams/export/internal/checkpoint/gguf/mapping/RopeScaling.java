package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.util.Optional;

/** Hugging Face's {@code rope_scaling} from GGUF metadata. */
final class RopeScaling {

    private RopeScaling() {}

    /** The scaling, or empty if positions are not scaled. */
    static Optional<ObjectNode> of(GgufKeys keys) {
        String type = keys.string("rope.scaling.type").orElse("none");
        Optional<Double> linear = keys.number("rope.scale_linear").filter(factor -> factor != 1);
        if (type.equals("none") && linear.isPresent()) {
            return Optional.of(linear(linear.get()));
        }
        if (type.equals("longrope") && keys.architecture().equals("phi3")) {
            // Phi3Mapping reads the factors, which are tensors.
            return Optional.empty();
        }
        return switch (type) {
            case "none" -> keys.hasTensor("rope_freqs.weight") ? Optional.of(Llama3Rope.of(keys)) : Optional.empty();
            case "linear" -> Optional.of(linear(keys.requiredNumber("rope.scaling.factor")));
            case "yarn" -> Optional.of(yarn(keys));
            default -> throw keys.unsupported("has rope scaling " + type);
        };
    }

    private static ObjectNode linear(double factor) {
        return JsonFiles.MAPPER.createObjectNode().put("rope_type", "linear").put("factor", factor);
    }

    private static ObjectNode yarn(GgufKeys keys) {
        ObjectNode scaling = JsonFiles.MAPPER.createObjectNode();
        scaling.put("rope_type", "yarn");
        scaling.put("factor", keys.requiredNumber("rope.scaling.factor"));
        keys.integer("rope.scaling.original_context_length")
                .ifPresent(length -> scaling.put("original_max_position_embeddings", length));
        keys.number("rope.scaling.yarn_attn_factor")
                .or(() -> keys.number("rope.scaling.attn_factor"))
                .ifPresent(factor -> scaling.put("attention_factor", factor));
        keys.number("rope.scaling.yarn_beta_fast").ifPresent(beta -> scaling.put("beta_fast", beta));
        keys.number("rope.scaling.yarn_beta_slow").ifPresent(beta -> scaling.put("beta_slow", beta));
        return scaling;
    }
}
