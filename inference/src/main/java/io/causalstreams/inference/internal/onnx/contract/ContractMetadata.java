package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.OnnxJavaType;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.onnx.runtime.ExportProperties;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Reads {@link ModelMetadata} from the strings of a graph's {@code metadata_props}. */
final class ContractMetadata {
    private final ExportProperties properties;

    private ContractMetadata(Path graph, Map<String, String> properties) {
        this.properties = new ExportProperties(graph, properties);
    }

    /** @throws GenerationException.Failed naming the graph and the property at fault */
    static ModelMetadata read(Path graph, Map<String, String> properties) {
        return new ContractMetadata(graph, properties).read();
    }

    /** Type of a cache element. */
    static OnnxJavaType kvType(Path graph, Map<String, String> properties) {
        ExportProperties given = new ExportProperties(graph, properties);
        String type = given.text("kv_type");
        return switch (type) {
            case "float32" -> OnnxJavaType.FLOAT;
            case "float16" -> OnnxJavaType.FLOAT16;
            case "bfloat16" -> OnnxJavaType.BFLOAT16;
            case "int8" -> OnnxJavaType.INT8;
            default ->
                throw given.failed("kv_type", "is " + type + "; this engine knows float32, float16, bfloat16 and int8");
        };
    }

    /** Heads of queries; those of the cache where an older export does not say. */
    static int heads(Path graph, Map<String, String> properties) {
        ExportProperties given = new ExportProperties(graph, properties);
        String key = given.has("heads") ? "heads" : "kv_heads";
        int heads = given.number(key);
        if (heads < 1) {
            throw given.failed(key, "is " + heads + "; export the model again");
        }
        return heads;
    }

    /** Tokens of the longest sequence with the positions of short ones, or 0 where all have the same. */
    static int shortContextTokens(Path graph, Map<String, String> properties) {
        ExportProperties given = new ExportProperties(graph, properties);
        return given.has("short_context_tokens") ? given.number("short_context_tokens") : 0;
    }

    /** Whether no size inside a decode step depends on what it computes; exports that do not say have none. */
    static boolean recordable(Path graph, Map<String, String> properties) {
        return !"false".equals(new ExportProperties(graph, properties).find("recordable"));
    }

    private ModelMetadata read() {
        properties.checkContract();
        return new ModelMetadata(
                properties.text("name"),
                properties.text("architecture"),
                properties.text("precision"),
                properties.text("fingerprint"),
                properties.number("layers"),
                properties.number("kv_heads"),
                properties.number("head_dim"),
                properties.number("vocabulary_size"),
                properties.number("max_context_tokens"),
                numbers("eos_token_ids"),
                properties.number("bos_token_id"),
                Boolean.parseBoolean(properties.text("add_bos")));
    }

    private Set<Integer> numbers(String key) {
        String value = properties.text(key);
        Set<Integer> result = new LinkedHashSet<>();
        try {
            Arrays.stream(value.split(","))
                    .map(String::trim)
                    .filter(part -> !part.isEmpty())
                    .forEach(part -> result.add(Integer.valueOf(part)));
        } catch (NumberFormatException e) {
            throw properties.failed(key, "is '" + value + "', not a list of numbers; export the model again");
        }
        return result;
    }
}
