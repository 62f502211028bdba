package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.Optional;

/** The quantisations that are read, by the names that configurations give them. */
final class QuantizationSchemes {
    private QuantizationSchemes() {}

    /**
     * The scheme that {@code quantization_config} names; empty where the checkpoint is not quantised.
     *
     * @throws CheckpointException if it is one that is not read
     */
    static Optional<QuantizationScheme> of(JsonNode config) {
        JsonNode keys = config.path("quantization_config");
        if (keys.isMissingNode()) {
            keys = config.path("compression_config"); // compressed-tensors before 0.8
        }
        if (keys.isMissingNode() || keys.isNull()) {
            return Optional.empty();
        }
        // Files of 2023 do not say who wrote them.
        String method = keys.path("quant_method").asText(keys.has("load_in_4bit") ? "bitsandbytes" : "");
        return Optional.of(
                switch (method) {
                    case "compressed-tensors" -> new CompressedTensors(keys);
                    case "fp8" -> new BlockFp8(keys);
                    case "awq" -> new Awq(keys);
                    case "gptq" -> new Gptq(keys);
                    case "bitsandbytes" -> new BitsAndBytes();
                    case "mxfp4" -> new Mxfp4();
                    default ->
                        throw new CheckpointException("config.json: quantization_config.quant_method is \"" + method
                                + "\"; read are compressed-tensors, fp8, awq, gptq, bitsandbytes, mxfp4; give another"
                                + " quantisation of the model, or the model without it");
                });
    }
}
