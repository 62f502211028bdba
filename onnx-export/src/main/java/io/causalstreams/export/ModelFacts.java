package io.causalstreams.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.block.DecoderGraph;
import io.causalstreams.export.internal.graph.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What the graph's {@code metadata_props} say about the model; keys in {@code docs/graph-contract.md}. */
record ModelFacts(Map<String, String> metadata) {
    private static final String PREFIX = "causal_streams.";
    private static final String CONTRACT = "1";
    private static final int FINGERPRINT_DIGITS = 16;

    static final String KV_TYPE = PREFIX + "kv_type";
    static final String FINGERPRINT = PREFIX + "fingerprint";

    /**
     * @param directory where the tokenizer's files were written
     * @param reals the type that the graph computes in, and its cache is of
     * @param digest of the graph and its weights, hexadecimal
     */
    static ModelFacts of(
            ModelConfig config,
            Path directory,
            String name,
            Precision precision,
            Decoder decoder,
            DecoderGraph graph,
            ElementType reals,
            String digest)
            throws IOException {
        JsonNode tokenizer = readIfPresent(directory.resolve("tokenizer_config.json"));
        ModelConfig generation = new ModelConfig(readIfPresent(directory.resolve("generation_config.json")));
        TreeSet<Integer> eos = new TreeSet<>(config.tokenIds("eos_token_id"));
        eos.addAll(generation.tokenIds("eos_token_id"));
        List<Integer> bos = config.tokenIds("bos_token_id");

        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("contract", CONTRACT);
        facts.put("name", name);
        facts.put("architecture", config.modelType());
        facts.put("precision", precision.id());
        facts.put("fingerprint", fingerprint(digest));
        facts.put("layers", Integer.toString(decoder.layers().size()));
        facts.put("heads", Integer.toString(graph.heads()));
        facts.put("kv_heads", Integer.toString(graph.cacheHeads()));
        facts.put("head_dim", Integer.toString(graph.cacheHeadDim()));
        facts.put("vocabulary_size", Integer.toString(decoder.vocabularySize()));
        facts.put("max_context_tokens", Integer.toString(decoder.maxPositions()));
        if (decoder.shortPositions() < decoder.maxPositions()) {
            facts.put("short_context_tokens", Integer.toString(decoder.shortPositions()));
        }
        facts.put("kv_type", typeOf(reals));
        if (reals != ElementType.FLOAT && decoder.hasExperts()) {
            facts.put("recordable", "false");
        }
        facts.put("eos_token_ids", eos.stream().map(String::valueOf).collect(Collectors.joining(",")));
        facts.put("bos_token_id", bos.isEmpty() ? "-1" : Integer.toString(bos.get(0)));
        facts.put("add_bos", Boolean.toString(addsBos(tokenizer, directory)));
        Map<String, String> prefixed = new LinkedHashMap<>();
        facts.forEach((key, value) -> prefixed.put(PREFIX + key, value));
        return new ModelFacts(prefixed);
    }

    /** @param digest hexadecimal */
    static String fingerprint(String digest) {
        return digest.substring(0, FINGERPRINT_DIGITS);
    }

    /** As in {@code kv_type} and {@code reals}. */
    static String typeOf(ElementType reals) {
        return switch (reals) {
            case FLOAT16 -> "float16";
            case BFLOAT16 -> "bfloat16";
            default -> "float32";
        };
    }

    /**
     * Whether text prompts start with the BOS token: {@code add_bos_token} where it is said, else whether the tokenizer's
     * own post-processor puts BOS in front, as Llama 3's does.
     */
    private static boolean addsBos(JsonNode configuration, Path directory) throws IOException {
        JsonNode said = configuration.path("add_bos_token");
        if (said.isBoolean()) {
            return said.asBoolean();
        }
        JsonNode bos = configuration.path("bos_token");
        String name = bos.isObject() ? bos.path("content").asText() : bos.asText();
        JsonNode postProcessor =
                readIfPresent(directory.resolve("tokenizer.json")).path("post_processor");
        return !name.isEmpty()
                && (putsFirst(postProcessor, name)
                        || StreamSupport.stream(postProcessor.path("processors").spliterator(), false)
                                .anyMatch(processor -> putsFirst(processor, name)));
    }

    private static boolean putsFirst(JsonNode processor, String token) {
        return processor
                .path("single")
                .path(0)
                .path("SpecialToken")
                .path("id")
                .asText()
                .equals(token);
    }

    private static JsonNode readIfPresent(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        return Files.exists(file) ? mapper.readTree(file.toFile()) : mapper.createObjectNode();
    }
}
