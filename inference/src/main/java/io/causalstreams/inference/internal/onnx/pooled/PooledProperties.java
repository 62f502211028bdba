package io.causalstreams.inference.internal.onnx.pooled;

import ai.onnxruntime.OnnxJavaType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.runtime.ExportProperties;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@link PooledMetadata} from the strings of a graph's {@code metadata_props}. */
final class PooledProperties {
    private final ExportProperties properties;

    private PooledProperties(ExportProperties properties) {
        this.properties = properties;
    }

    /** @throws GenerationException.Failed naming the graph and the property at fault */
    static PooledMetadata read(Path graph, Map<String, String> properties) {
        return new PooledProperties(new ExportProperties(graph, properties)).read();
    }

    /** Refuses a graph that computes in another type than the device: those for the CPU name none. */
    static void requireFor(Accelerator accelerator, Path graph, Map<String, String> properties) {
        ExportProperties given = new ExportProperties(graph, properties);
        String reals = given.find("reals");
        if (!accelerator.computesIn(type(given, reals))) {
            throw given.failed(
                    "reals",
                    "is " + (reals == null ? "missing, so it is a graph for the CPU" : reals) + ", and "
                            + accelerator.name() + " computes in half precision; export the checkpoint with"
                            + " --device cuda, or use --device cpu");
        }
    }

    private static OnnxJavaType type(ExportProperties given, @Nullable String reals) {
        if (reals == null) {
            return OnnxJavaType.FLOAT;
        }
        return switch (reals) {
            case "float16" -> OnnxJavaType.FLOAT16;
            case "bfloat16" -> OnnxJavaType.BFLOAT16;
            default -> throw given.failed("reals", "is " + reals + "; this engine knows float16 and bfloat16");
        };
    }

    private PooledMetadata read() {
        properties.checkContract();
        return new PooledMetadata(
                properties.text("name"),
                properties.text("precision"),
                properties.text("fingerprint"),
                properties.number("vocabulary_size"),
                properties.number("max_context_tokens"),
                properties.number("heads"),
                output());
    }

    private PooledMetadata.Output output() {
        return switch (properties.text("kind")) {
            case "embeddings" ->
                new PooledMetadata.Embeddings(
                        properties.number("dimensions"),
                        Boolean.parseBoolean(properties.text("normalized")),
                        prompts(),
                        properties.find("default_prompt"));
            case "scores" ->
                new PooledMetadata.Scores(properties.text("activation").equals("sigmoid"));
            default ->
                throw properties.failed(
                        "kind",
                        "is " + properties.text("kind")
                                + ", this engine knows embeddings and scores; export the model again");
        };
    }

    private Map<String, String> prompts() {
        try {
            return new ObjectMapper()
                    .readValue(properties.text("prompts"), new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw properties.failed("prompts", "is no JSON object of texts; export the model again");
        }
    }
}
