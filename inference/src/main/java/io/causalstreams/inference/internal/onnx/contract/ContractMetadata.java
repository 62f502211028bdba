package io.causalstreams.inference.internal.onnx.contract;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@link ModelMetadata} from the strings of a graph's {@code metadata_props}. */
final class ContractMetadata {
    private static final String PREFIX = "causal_streams.";
    private static final String CONTRACT = "1";

    private final Path graph;
    private final Map<String, String> properties;

    private ContractMetadata(Path graph, Map<String, String> properties) {
        this.graph = graph;
        this.properties = properties;
    }

    /** @throws GenerationException.Failed naming the graph and the property at fault */
    static ModelMetadata read(Path graph, Map<String, String> properties) {
        return new ContractMetadata(graph, properties).read();
    }

    /** Bytes of one cache element: 4 (float32) or 2 (float16). */
    static int kvElementBytes(Path graph, Map<String, String> properties) {
        String type = new ContractMetadata(graph, properties).text("kv_type");
        return switch (type) {
            case "float32" -> 4;
            case "float16" -> 2;
            default ->
                throw new GenerationException.Failed(
                        "model " + graph + ": " + PREFIX + "kv_type is " + type
                                + "; this engine knows float32 and float16",
                        null);
        };
    }

    /** Heads of queries; those of the cache where an older export does not say. */
    static int heads(Path graph, Map<String, String> properties) {
        ContractMetadata metadata = new ContractMetadata(graph, properties);
        String key = properties.containsKey(PREFIX + "heads") ? "heads" : "kv_heads";
        int heads = metadata.number(key);
        if (heads < 1) {
            throw metadata.failed(key, "is " + heads + "; export the model again");
        }
        return heads;
    }

    private ModelMetadata read() {
        String contract = text("contract");
        if (!contract.equals(CONTRACT)) {
            throw failed("contract", "is " + contract + ", this engine reads " + CONTRACT + "; export the model again");
        }
        return new ModelMetadata(
                text("name"),
                text("architecture"),
                text("precision"),
                text("fingerprint"),
                number("layers"),
                number("kv_heads"),
                number("head_dim"),
                number("vocabulary_size"),
                number("max_context_tokens"),
                numbers("eos_token_ids"),
                number("bos_token_id"),
                Boolean.parseBoolean(text("add_bos")));
    }

    private String text(String key) {
        @Nullable String value = properties.get(PREFIX + key);
        if (value == null) {
            throw failed(key, "is missing, so the graph is not one of ours; export the model again");
        }
        return value;
    }

    private int number(String key) {
        String value = text(key);
        try {
            return Integer.parseInt(value.trim());
        } catch (NumberFormatException e) {
            throw failed(key, "is '" + value + "', not a number; export the model again");
        }
    }

    private Set<Integer> numbers(String key) {
        String value = text(key);
        Set<Integer> result = new LinkedHashSet<>();
        try {
            Arrays.stream(value.split(","))
                    .map(String::trim)
                    .filter(part -> !part.isEmpty())
                    .forEach(part -> result.add(Integer.valueOf(part)));
        } catch (NumberFormatException e) {
            throw failed(key, "is '" + value + "', not a list of numbers; export the model again");
        }
        return result;
    }

    private GenerationException.Failed failed(String key, String what) {
        return new GenerationException.Failed("model " + graph + ": " + PREFIX + key + " " + what, null);
    }
}
