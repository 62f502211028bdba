package io.causalstreams.inference.internal.onnx.pooled;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.onnx.runtime.ExportProperties;
import java.nio.file.Path;
import java.util.Map;

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
