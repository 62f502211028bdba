package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A GGUF header seen from one model: keys without their architecture prefix.
 *
 * @param file the header
 * @param architecture {@code general.architecture}, the prefix of the model's keys
 */
record GgufKeys(GgufFile file, String architecture) {

    private static final List<String> END_TOKENS = List.of("eos", "eot", "eom");

    static GgufKeys of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String architecture = metadata.require("general.architecture", metadata.string("general.architecture"));
        return new GgufKeys(file, architecture);
    }

    /** A size that must be there and be positive. */
    int size(String key) {
        int size = metadata().require(full(key), integer(key));
        if (size == 0) {
            throw new CheckpointException(
                    metadata().file() + ": metadata " + full(key) + " is 0; the GGUF file is damaged");
        }
        return size;
    }

    boolean has(String key) {
        return metadata().has(full(key));
    }

    Optional<Integer> integer(String key) {
        return metadata().integer(full(key));
    }

    Optional<Double> number(String key) {
        return metadata().number(full(key));
    }

    double requiredNumber(String key) {
        return metadata().require(full(key), number(key));
    }

    Optional<Boolean> flag(String key) {
        return metadata().flag(full(key));
    }

    Optional<String> string(String key) {
        return metadata().string(full(key));
    }

    boolean hasTensor(String name) {
        return file.tensors().containsKey(name);
    }

    StoredTensor tensor(String name) {
        StoredTensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw new CheckpointException(metadata().file() + ": has no tensor " + name
                    + "; the file is incomplete, convert the model again");
        }
        return tensor;
    }

    /**
     * Number of layers.
     *
     * @throws CheckpointException if the file cannot hold so many: every layer has tensors of its own
     */
    int layers() {
        int layers = size("block_count");
        int tensors = file.tensors().size();
        if (layers > tensors) {
            throw new CheckpointException("%s: metadata %s is %d, and the file has %d tensors; the GGUF file is damaged"
                    .formatted(metadata().file(), full("block_count"), layers, tensors));
        }
        return layers;
    }

    int heads() {
        return size("attention.head_count");
    }

    /** Elements of one head: stated, or the hidden size's share. */
    int headDim() {
        return integer("attention.key_length").orElseGet(() -> size("embedding_length") / heads());
    }

    /**
     * Whether the first layer's parts have biases.
     *
     * @throws CheckpointException if only some have: {@code config.json} can say all or none
     */
    boolean biased(String... parts) {
        long biased = Arrays.stream(parts)
                .filter(part -> hasTensor("blk.0." + part + ".bias"))
                .count();
        if (biased != 0 && biased != parts.length) {
            throw unsupported("has biases in only some of " + String.join(", ", parts));
        }
        return biased > 0;
    }

    CheckpointException unsupported(String what) {
        return new CheckpointException(metadata().file() + ": " + what + ", which architecture " + architecture
                + " does not allow here; give the model as safetensors");
    }

    /**
     * Keys that every decoder's config has.
     *
     * @throws CheckpointException if the model is no causal decoder with heads of one size
     */
    ObjectNode decoderConfig(String modelType, String modelClass) {
        if (!flag("attention.causal").orElse(true)) {
            throw unsupported("attends to later tokens (attention.causal = false)");
        }
        if (!integer("attention.value_length").orElseGet(this::headDim).equals(headDim())) {
            throw unsupported("has keys and values of different lengths");
        }
        ObjectNode config = JsonFiles.MAPPER.createObjectNode();
        config.putArray("architectures").add(modelClass);
        config.put("model_type", modelType);
        config.put("hidden_size", size("embedding_length"));
        config.put("num_hidden_layers", layers());
        config.put("num_attention_heads", heads());
        config.put("num_key_value_heads", integer("attention.head_count_kv").orElseGet(this::heads));
        integer("feed_forward_length").ifPresent(value -> config.put("intermediate_size", value));
        config.put("max_position_embeddings", size("context_length"));
        number("attention.layer_norm_rms_epsilon").ifPresent(value -> config.put("rms_norm_eps", value));
        config.put("rope_theta", number("rope.freq_base").orElse(10000.0));
        RopeScaling.of(this).ifPresent(scaling -> config.set("rope_scaling", scaling));
        putVocabulary(config);
        return config;
    }

    /** Vocabulary size (rows of the embedding), tied output and special token ids. */
    void putVocabulary(ObjectNode config) {
        config.put("vocab_size", tensor("token_embd.weight").shape().get(0));
        config.put("tie_word_embeddings", !hasTensor("output.weight"));
        tokenId("bos").ifPresent(id -> config.put("bos_token_id", id));
        tokenId("padding").ifPresent(id -> config.put("pad_token_id", id));
        TreeSet<Integer> ends = new TreeSet<>();
        END_TOKENS.forEach(name -> tokenId(name).ifPresent(ends::add));
        if (ends.size() == 1) {
            config.put("eos_token_id", ends.first());
        } else if (ends.size() > 1) {
            ArrayNode ids = config.putArray("eos_token_id");
            tokenId("eos").ifPresent(ids::add);
            ends.stream().filter(id -> !tokenId("eos").equals(Optional.of(id))).forEach(ids::add);
        }
    }

    private Optional<Integer> tokenId(String name) {
        return metadata().integer("tokenizer.ggml." + name + "_token_id");
    }

    GgufMetadata metadata() {
        return file.metadata();
    }

    private String full(String key) {
        return architecture + '.' + key;
    }
}
