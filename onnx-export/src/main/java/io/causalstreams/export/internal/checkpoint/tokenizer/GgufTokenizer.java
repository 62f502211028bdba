package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rebuilds a model's tokenizer files from GGUF metadata. */
public final class GgufTokenizer {

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    /** Of Phi-3's control tokens, those that white space follows as it is. */
    private static final Set<String> KEEP_SPACE = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final GgufMetadata metadata;
    private final JsonNode config;
    private final List<String> tokens;

    private GgufTokenizer(GgufMetadata metadata, JsonNode config) {
        this.metadata = metadata;
        this.config = config;
        this.tokens = metadata.require("tokenizer.ggml.tokens", metadata.strings("tokenizer.ggml.tokens"));
    }

    /** Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code generation_config.json}. */
    public static void write(GgufMetadata metadata, JsonNode config, Path directory) {
        GgufTokenizer tokenizer = new GgufTokenizer(metadata, config);
        JsonFiles.write(directory.resolve("tokenizer.json"), tokenizer.tokenizer());
        JsonFiles.write(directory.resolve("tokenizer_config.json"), tokenizer.tokenizerConfig());
        JsonFiles.write(directory.resolve("generation_config.json"), tokenizer.generationConfig());
    }

    /** The content of {@code tokenizer.json}. */
    public static JsonNode tokenizer(GgufMetadata metadata, JsonNode config) {
        return new GgufTokenizer(metadata, config).tokenizer();
    }

    private JsonNode tokenizer() {
        Optional<String> original = metadata.string("tokenizer.huggingface.json");
        if (original.isPresent()) {
            return JsonFiles.parse(metadata.file() + ": metadata tokenizer.huggingface.json", original.get());
        }
        ObjectNode tokenizer = JsonFiles.MAPPER.createObjectNode();
        tokenizer.put("version", "1.0").putNull("truncation").putNull("padding");
        tokenizer.set("added_tokens", addedTokens());
        if (model().equals("gpt2")) {
            ByteLevelTokenizer.fill(tokenizer, metadata, tokens, preTokenizer());
        } else {
            SentencePieceTokenizer.fill(tokenizer, metadata, tokens);
        }
        tokenizer.set("post_processor", postProcessor());
        return tokenizer;
    }

    /** {@code gpt2} (byte-level BPE) or {@code llama} (SentencePiece BPE). */
    private String model() {
        String model = metadata.require("tokenizer.ggml.model", metadata.string("tokenizer.ggml.model"));
        if (!model.equals("gpt2") && !model.equals("llama")) {
            throw new CheckpointException(metadata.file() + ": tokenizer " + model
                    + " cannot be rebuilt from GGUF (known: gpt2, llama); give the model as safetensors");
        }
        return model;
    }

    private PreTokenizer preTokenizer() {
        String name = metadata.string("tokenizer.ggml.pre").orElse("default");
        return PreTokenizer.named(name)
                .orElseThrow(() -> new CheckpointException(
                        metadata.file() + ": pre-tokenizer " + name + " is not known; give the model as safetensors"));
    }

    /** Tokens that are found in text before anything else happens to it. */
    private ArrayNode addedTokens() {
        ArrayNode added = JsonFiles.MAPPER.createArrayNode();
        long[] types = metadata.integers("tokenizer.ggml.token_type").orElse(new long[0]);
        int embedded = config.path("vocab_size").asInt(tokens.size());
        for (int id = 0; id < Math.min(embedded, Math.min(types.length, tokens.size())); id++) {
            boolean special = types[id] == CONTROL || types[id] == UNKNOWN;
            if ((special || types[id] == USER_DEFINED) && !tokens.get(id).isEmpty()) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", types[id] == CONTROL && strips(tokens.get(id)))
                        .put("normalized", false)
                        .put("special", special);
            }
        }
        return added;
    }

    /**
     * Whether a control token takes the white space behind it along. GGUF does not store it; as llama.cpp, which knows it of
     * Phi-3 alone.
     */
    private boolean strips(String token) {
        return model().equals("llama")
                && metadata.string("general.architecture").orElse("").equals("phi3")
                && !KEEP_SPACE.contains(token);
    }

    /** Adds begin- and end-of-sequence tokens where the model wants them. */
    private JsonNode postProcessor() {
        Optional<Integer> bos = tokenId("bos").filter(id -> addsBos());
        Optional<Integer> eos = tokenId("eos").filter(id -> addsEos());
        if (bos.isEmpty() && eos.isEmpty()) {
            return JsonFiles.MAPPER.nullNode();
        }
        ObjectNode template = JsonFiles.MAPPER.createObjectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        ObjectNode specialTokens = template.putObject("special_tokens");
        for (int sequence = 0; sequence < 2; sequence++) {
            for (ArrayNode target : sequence == 0 ? List.of(single, pair) : List.of(pair)) {
                int typeId = sequence;
                bos.ifPresent(id -> special(target, typeId, id));
                target.addObject()
                        .putObject("Sequence")
                        .put("id", sequence == 0 ? "A" : "B")
                        .put("type_id", typeId);
                eos.ifPresent(id -> special(target, typeId, id));
            }
        }
        bos.ifPresent(id -> define(specialTokens, id));
        eos.ifPresent(id -> define(specialTokens, id));
        return template;
    }

    private void special(ArrayNode target, int typeId, int id) {
        target.addObject().putObject("SpecialToken").put("id", tokens.get(id)).put("type_id", typeId);
    }

    private void define(ObjectNode specialTokens, int id) {
        ObjectNode token = specialTokens.putObject(tokens.get(id)).put("id", tokens.get(id));
        token.putArray("ids").add(id);
        token.putArray("tokens").add(tokens.get(id));
    }

    private boolean addsBos() {
        return metadata.flag("tokenizer.ggml.add_bos_token")
                .orElseGet(() -> model().equals("llama") || preTokenizer().addsBos());
    }

    private boolean addsEos() {
        return metadata.flag("tokenizer.ggml.add_eos_token").orElse(false);
    }

    private ObjectNode tokenizerConfig() {
        ObjectNode result = JsonFiles.MAPPER.createObjectNode();
        result.put("tokenizer_class", "PreTrainedTokenizerFast");
        result.put("add_bos_token", addsBos());
        result.put("add_eos_token", addsEos());
        result.put("clean_up_tokenization_spaces", false);
        for (String name : List.of("bos", "eos", "unk", "pad")) {
            String key = name.equals("unk") ? "unknown" : name.equals("pad") ? "padding" : name;
            tokenId(key).ifPresent(id -> result.put(name + "_token", tokens.get(id)));
        }
        metadata.string("tokenizer.chat_template").ifPresent(template -> result.put("chat_template", template));
        if (config.has("max_position_embeddings")) {
            result.set("model_max_length", config.get("max_position_embeddings"));
        }
        return result;
    }

    private ObjectNode generationConfig() {
        ObjectNode result = JsonFiles.MAPPER.createObjectNode();
        for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
            if (config.has(key)) {
                result.set(key, config.get(key));
            }
        }
        return result;
    }

    private Optional<Integer> tokenId(String name) {
        return metadata.integer("tokenizer.ggml." + name + "_token_id").map(id -> {
            if (id >= tokens.size()) {
                throw new CheckpointException(metadata.file() + ": metadata tokenizer.ggml." + name + "_token_id is "
                        + id + ", the vocabulary has " + tokens.size() + " tokens; convert the model again");
            }
            return id;
        });
    }
}
