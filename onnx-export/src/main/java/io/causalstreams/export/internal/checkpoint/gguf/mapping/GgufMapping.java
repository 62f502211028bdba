package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ggml.GgmlType;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import java.util.List;
import java.util.Map;

/** How one GGUF architecture reads as a Hugging Face model: its {@code config.json} and its tensors' names. */
public interface GgufMapping {

    /** The {@code config.json} the metadata describes. */
    ObjectNode config(GgufKeys keys);

    /** Names and layouts of the tensors of a model with this config. */
    TensorNames names(ObjectNode config);

    default ObjectNode config(GgufFile file) {
        if (!file.unreadable().isEmpty()) {
            Map.Entry<String, Integer> first =
                    file.unreadable().entrySet().iterator().next();
            throw new CheckpointException(file.metadata().file() + ": tensor " + first.getKey() + " has ggml type "
                    + Integer.toUnsignedString(first.getValue())
                    + ", which cannot be read; give a file quantized to one of "
                    + List.of(GgmlType.values()));
        }
        return config(GgufKeys.of(file));
    }

    default Map<String, MappedTensor> weights(GgufFile file, ObjectNode config) {
        return names(config)
                .apply(
                        file,
                        config.path("num_hidden_layers")
                                .asInt(config.path("n_layer").asInt()));
    }
}
