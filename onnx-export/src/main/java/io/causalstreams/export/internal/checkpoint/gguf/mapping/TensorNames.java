package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Hugging Face name and layout the tensors of one GGUF architecture have.
 *
 * <p>Keys are GGUF names without the suffix {@code .weight} or {@code .bias}; {@code {}} stands for the layer in keys, and
 * for the layer and then the expert in Hugging Face's names. A tensor with experts ({@code [experts, rows, columns]}) maps
 * to one tensor an expert.
 */
final class TensorNames {

    private static final Pattern STORED = Pattern.compile("(?:blk\\.(\\d{1,4})\\.)?(.+)\\.(weight|bias)");

    /** Rotary frequencies: precomputed by some converters, or read by {@link RopeScaling}. */
    private static final Set<String> NOT_WEIGHTS =
            Set.of("rope_freqs", "rope_factors_long", "rope_factors_short", "blk.{}.attn_rot_embd");

    private record Target(String name, TensorLayout layout) {}

    private final Map<String, Target> targets = new LinkedHashMap<>();

    TensorNames map(String stored, String name) {
        return map(stored, name, new TensorLayout.AsStored());
    }

    TensorNames map(String stored, String name, TensorLayout layout) {
        targets.put(stored, new Target(name, layout));
        return this;
    }

    /** The names of Llama and of all families that follow it, without norms' places that differ between them. */
    static TensorNames decoder() {
        return new TensorNames()
                .map("token_embd", "model.embed_tokens")
                .map("output_norm", "model.norm")
                .map("output", "lm_head")
                .map("blk.{}.attn_norm", "model.layers.{}.input_layernorm")
                .map("blk.{}.attn_q", "model.layers.{}.self_attn.q_proj")
                .map("blk.{}.attn_k", "model.layers.{}.self_attn.k_proj")
                .map("blk.{}.attn_v", "model.layers.{}.self_attn.v_proj")
                .map("blk.{}.attn_output", "model.layers.{}.self_attn.o_proj")
                .map("blk.{}.ffn_norm", "model.layers.{}.post_attention_layernorm")
                .map("blk.{}.ffn_gate", "model.layers.{}.mlp.gate_proj")
                .map("blk.{}.ffn_up", "model.layers.{}.mlp.up_proj")
                .map("blk.{}.ffn_down", "model.layers.{}.mlp.down_proj");
    }

    /** The names of {@link #decoder()}, with query and key rows stored as rotary pairs. */
    static TensorNames rotaryPairs(int heads, int keyValueHeads) {
        return decoder()
                .map("blk.{}.attn_q", "model.layers.{}.self_attn.q_proj", new TensorLayout.RotaryPairs(heads))
                .map("blk.{}.attn_k", "model.layers.{}.self_attn.k_proj", new TensorLayout.RotaryPairs(keyValueHeads));
    }

    /** Forgets a name: files of this family do not have the tensor. */
    TensorNames without(String stored) {
        targets.remove(stored);
        return this;
    }

    /**
     * The file's tensors under their Hugging Face names.
     *
     * @throws CheckpointException if the file has a tensor that has no name here: the model has a part this mapping does
     *     not know
     */
    Map<String, MappedTensor> apply(GgufFile file, int layers) {
        Map<String, MappedTensor> mapped = new LinkedHashMap<>();
        for (StoredTensor tensor : file.tensors().values()) {
            Matcher matcher = STORED.matcher(tensor.name());
            boolean known = matcher.matches()
                    && (matcher.group(1) == null || Integer.parseInt(matcher.group(1)) < layers)
                    && add(mapped, tensor, matcher);
            if (!known) {
                throw new CheckpointException(file.metadata().file() + ": tensor " + tensor.name()
                        + " has no place in this architecture; the model needs a part that is not supported");
            }
        }
        return Map.copyOf(mapped);
    }

    private boolean add(Map<String, MappedTensor> mapped, StoredTensor tensor, Matcher matcher) {
        String layer = matcher.group(1);
        String key = (layer == null ? "" : "blk.{}.") + matcher.group(2);
        Target target = targets.get(key);
        if (target == null) {
            return NOT_WEIGHTS.contains(key);
        }
        String name = (layer == null ? target.name() : replaceFirst(target.name(), layer)) + '.' + matcher.group(3);
        if (!name.contains("{}")) {
            mapped.put(name, new MappedTensor(tensor, target.layout()));
            return true;
        }
        List<Long> shape = tensor.shape();
        if (shape.size() < 2) {
            return false;
        }
        long experts = shape.get(0);
        for (int expert = 0; expert < experts; expert++) {
            StoredTensor slice = new StoredTensor(
                    tensor.name(),
                    tensor.type(),
                    shape.subList(1, shape.size()),
                    tensor.source(),
                    tensor.offset() + tensor.bytes() / experts * expert);
            mapped.put(replaceFirst(name, Integer.toString(expert)), new MappedTensor(slice, target.layout()));
        }
        return true;
    }

    private static String replaceFirst(String template, String value) {
        int at = template.indexOf("{}");
        return template.substring(0, at) + value + template.substring(at + 2);
    }
}
