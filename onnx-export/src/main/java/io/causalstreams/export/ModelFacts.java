package io.causalstreams.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.block.DecoderGraph;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    /** Changes when exports of the same checkpoint give other numbers than before. */
    private static final String GRAPH_VERSION = "5";

    private static final int FINGERPRINT_DIGITS = 16;

    /**
     * @param directory where the tokenizer's files were written
     * @param finer groups of matrices with a finer arithmetic than the precision's
     */
    static ModelFacts of(
            Checkpoint checkpoint,
            ModelConfig config,
            Path directory,
            String name,
            Precision precision,
            List<String> finer,
            Decoder decoder,
            DecoderGraph graph)
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
        facts.put("fingerprint", fingerprint(checkpoint.weights().digest(), precision, finer));
        facts.put("layers", Integer.toString(decoder.layers().size()));
        facts.put("heads", Integer.toString(graph.heads()));
        facts.put("kv_heads", Integer.toString(graph.cacheHeads()));
        facts.put("head_dim", Integer.toString(graph.cacheHeadDim()));
        facts.put("vocabulary_size", Integer.toString(decoder.vocabularySize()));
        facts.put("max_context_tokens", Integer.toString(decoder.maxPositions()));
        facts.put("kv_type", "float32");
        facts.put("eos_token_ids", eos.stream().map(String::valueOf).collect(Collectors.joining(",")));
        facts.put("bos_token_id", bos.isEmpty() ? "-1" : Integer.toString(bos.get(0)));
        facts.put("add_bos", Boolean.toString(addsBos(tokenizer, directory)));
        Map<String, String> prefixed = new LinkedHashMap<>();
        facts.forEach((key, value) -> prefixed.put(PREFIX + key, value));
        return new ModelFacts(prefixed);
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

    private static String fingerprint(String weights, Precision precision, List<String> finer) {
        String text = String.join("\n", weights, precision.id(), GRAPH_VERSION)
                + finer.stream().map(group -> "\n" + group).collect(Collectors.joining());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, FINGERPRINT_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
