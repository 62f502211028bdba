package io.causalstreams.inference.internal.onnx.pooled;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.PooledMetadata;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@link PooledMetadata} from the strings of a graph's {@code metadata_props}. */
final class PooledProperties {
    private static final String PREFIX = "causal_streams.";
    private static final String CONTRACT = "1";

    private final Path graph;
    private final Map<String, String> properties;

    private PooledProperties(Path graph, Map<String, String> properties) {
        this.graph = graph;
        this.properties = properties;
    }

    /** @throws GenerationException.Failed naming the graph and the property at fault */
    static PooledMetadata read(Path graph, Map<String, String> properties) {
        return new PooledProperties(graph, properties).read();
    }

    private PooledMetadata read() {
        if (!text("contract").equals(CONTRACT)) {
            throw failed("contract", "is " + text("contract") + ", this engine reads " + CONTRACT);
        }
        return new PooledMetadata(
                text("name"),
                text("precision"),
                text("fingerprint"),
                number("vocabulary_size"),
                number("max_context_tokens"),
                number("heads"),
                output());
    }

    private PooledMetadata.Output output() {
        return switch (text("kind")) {
            case "embeddings" ->
                new PooledMetadata.Embeddings(
                        number("dimensions"),
                        Boolean.parseBoolean(text("normalized")),
                        prompts(),
                        properties.get(PREFIX + "default_prompt"));
            case "scores" -> new PooledMetadata.Scores(text("activation").equals("sigmoid"));
            default -> throw failed("kind", "is " + text("kind") + ", this engine knows embeddings and scores");
        };
    }

    private Map<String, String> prompts() {
        try {
            return new ObjectMapper().readValue(text("prompts"), new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw failed("prompts", "is no JSON object of texts");
        }
    }

    private String text(String key) {
        @Nullable String value = properties.get(PREFIX + key);
        if (value == null) {
            throw failed(key, "is missing");
        }
        return value;
    }

    private int number(String key) {
        try {
            return Integer.parseInt(text(key).trim());
        } catch (NumberFormatException e) {
            throw failed(key, "is '" + text(key) + "', not a number");
        }
    }

    private GenerationException.Failed failed(String key, String what) {
        return new GenerationException.Failed(
                "model " + graph + ": " + PREFIX + key + " " + what + "; export the model again", null);
    }
}
