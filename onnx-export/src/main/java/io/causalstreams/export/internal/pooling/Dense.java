package io.causalstreams.export.internal.pooling;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.architecture.Activation;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.weight.Projection;
import org.jspecify.annotations.Nullable;

/**
 * A layer behind the pooling: {@code activation(W·x + b)}, sentence-transformers' module {@code Dense}.
 *
 * @param projection (outputs, inputs)
 * @param activation null for none
 */
public record Dense(Projection projection, @Nullable Activation activation) {

    /**
     * The module in {@code folder}, where {@code config.json} and the weights lie.
     *
     * @throws UnsupportedModelException if its activation is not implemented, or its weights are not as its configuration says
     */
    static Dense in(Checkpoint checkpoint, String folder) {
        String file = folder + "/config.json";
        JsonNode config = checkpoint.file(file);
        String input = config.path("module_input_name").asText("sentence_embedding");
        if (!input.equals("sentence_embedding")) {
            throw new UnsupportedModelException(file + ": module_input_name is \"" + input
                    + "\"; a layer of each token is not implemented, one behind the pooling is");
        }
        Projection projection = Tensors.of(checkpoint.weightsIn(folder))
                .projection(
                        "linear",
                        size(config, file, "out_features"),
                        size(config, file, "in_features"),
                        config.path("bias").asBoolean(true));
        return new Dense(projection, activation(config, file));
    }

    private static int size(JsonNode config, String file, String key) {
        int size = config.path(key).asInt();
        if (size < 1) {
            throw new UnsupportedModelException(file + ": has no " + key);
        }
        return size;
    }

    /** By torch's name of the class, such as {@code torch.nn.modules.activation.Tanh}. */
    private static @Nullable Activation activation(JsonNode config, String file) {
        String type = config.path("activation_function").asText("torch.nn.modules.activation.Tanh");
        return switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "Identity" -> null;
            case "Tanh" -> Activation.TANH;
            case "ReLU" -> Activation.RELU;
            case "GELU" -> Activation.GELU;
            case "SiLU" -> Activation.SILU;
            default ->
                throw new UnsupportedModelException(file + ": activation_function " + type
                        + " is not implemented; known are Identity, Tanh, ReLU, GELU, SiLU");
        };
    }
}
