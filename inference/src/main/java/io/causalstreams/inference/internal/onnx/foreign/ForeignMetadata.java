package io.causalstreams.inference.internal.onnx.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.ModelFiles;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * {@link ModelMetadata} of a foreign directory: from the graph's shapes where they are fixed, else from
 * {@code genai_config.json}, else from {@code config.json}.
 */
final class ForeignMetadata {
    private final ModelDirectory directory;
    private final JsonNode genai;
    private final JsonNode config;

    private ForeignMetadata(ModelDirectory directory) {
        this.directory = directory;
        this.genai = ModelFiles.read(directory.path(), ModelFiles.GENAI_CONFIG).path("model");
        JsonNode whole = ModelFiles.read(directory.path(), ModelFiles.CONFIG);
        this.config = whole.path("text_config").isObject() ? whole.path("text_config") : whole;
    }

    /** @throws GenerationException.Failed naming the fact that no file states */
    static ModelMetadata read(ModelDirectory directory, ForeignSignature signature, Set<String> operators) {
        return new ForeignMetadata(directory).read(signature, operators);
    }

    private ModelMetadata read(ForeignSignature signature, Set<String> operators) {
        Set<Integer> bos = tokenIds("bos_token_id", List.of(genai, config));
        return new ModelMetadata(
                String.valueOf(directory.path().toAbsolutePath().normalize().getFileName()),
                genai.path("type").asText(config.path("model_type").asText("unknown")),
                precision(signature, operators),
                GraphFingerprint.of(directory.graph()),
                signature.layers(),
                size(signature.kvHeads(), "num_key_value_heads", "num_attention_heads", "n_head"),
                headDim(signature),
                size(signature.vocabulary(), "vocab_size"),
                size(-1, "context_length", "max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"),
                tokenIds(
                        "eos_token_id",
                        List.of(genai, config, ModelFiles.read(directory.path(), "generation_config.json"))),
                bos.isEmpty() ? -1 : bos.iterator().next(),
                addsBos());
    }

    /** {@code add_bos_token} where it is said, else whether the tokenizer's own post-processor puts BOS in front. */
    private boolean addsBos() {
        JsonNode tokenizer = ModelFiles.read(directory.path(), "tokenizer_config.json");
        if (tokenizer.path("add_bos_token").isBoolean()) {
            return tokenizer.path("add_bos_token").asBoolean();
        }
        JsonNode bos = tokenizer.path("bos_token");
        String name = bos.path("content").asText(bos.asText());
        JsonNode processor = ModelFiles.read(directory.path(), "tokenizer.json").path("post_processor");
        Stream<JsonNode> processors = Stream.concat(
                Stream.of(processor),
                StreamSupport.stream(processor.path("processors").spliterator(), false));
        return !name.isEmpty()
                && processors.anyMatch(
                        each -> each.at("/single/0/SpecialToken/id").asText().equals(name));
    }

    private static String precision(ForeignSignature signature, Set<String> operators) {
        if (operators.contains("MatMulNBits")) {
            return "int4";
        }
        if (operators.contains("MatMulInteger") || operators.contains("MatMulIntegerToFloat")) {
            return "int8";
        }
        return signature.cacheElementBytes() == 2 ? "fp16" : "fp32";
    }

    private int headDim(ForeignSignature signature) {
        if (signature.headDim() > 0) {
            return Math.toIntExact(signature.headDim());
        }
        int explicit = first("head_size", "head_dim");
        return explicit > 0 ? explicit : size(-1, "hidden_size", "n_embd") / size(-1, "num_attention_heads", "n_head");
    }

    /** The graph's own size, or the first key that a file has. */
    private int size(long ofGraph, String... keys) {
        if (ofGraph > 0) {
            return Math.toIntExact(ofGraph);
        }
        int size = first(keys);
        if (size <= 0) {
            throw new GenerationException.Failed(
                    "model " + directory.path() + ": neither the graph nor config.json nor genai_config.json has "
                            + String.join(" or ", keys) + "; add it to config.json",
                    null);
        }
        return size;
    }

    private int first(String... keys) {
        for (JsonNode node : List.of(genai, genai.path("decoder"), config)) {
            for (String key : keys) {
                if (node.path(key).isInt()) {
                    return node.path(key).intValue();
                }
            }
        }
        return -1;
    }

    private static Set<Integer> tokenIds(String key, List<JsonNode> files) {
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode file : files) {
            JsonNode value = file.path(key);
            if (value.isInt()) {
                ids.add(value.intValue());
            }
            value.forEach(id -> ids.add(id.intValue()));
        }
        return ids;
    }
}
