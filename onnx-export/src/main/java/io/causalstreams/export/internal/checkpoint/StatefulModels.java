package io.causalstreams.export.internal.checkpoint;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Models with layers that carry a state from token to token. The engine's cache holds keys and values of every position, which
 * it can cut off, copy and share at any of them; of a state only the last one is there.
 */
public final class StatefulModels {
    private static final String RECURRENT = "recurrent state";
    private static final String CONVOLUTION = "convolution state";

    private static final List<Kind> KINDS = List.of(
            new Kind("short convolutions", CONVOLUTION, List.of("lfm2", "lfm2_moe", "lfm2moe", "lfm2_vl")),
            new Kind(
                    "gated delta nets",
                    RECURRENT,
                    List.of(
                            "qwen3_next",
                            "qwen3next",
                            "qwen3_5",
                            "qwen3_5_text",
                            "qwen35",
                            "qwen3_5_moe",
                            "qwen3_5_moe_text",
                            "qwen35moe",
                            "olmo_hybrid",
                            "kimi_linear")),
            new Kind(
                    "Mamba",
                    RECURRENT,
                    List.of(
                            "bamba",
                            "falcon_h1",
                            "falcon_mamba",
                            "granitehybrid",
                            "granitemoehybrid",
                            "jamba",
                            "mamba",
                            "mamba2",
                            "nemotron_h",
                            "nemotron_h_moe",
                            "plamo2",
                            "zamba",
                            "zamba2")),
            new Kind("lightning attention", RECURRENT, List.of("minimax", "minimax_text_01", "bailing_hybrid")),
            new Kind("RWKV", RECURRENT, List.of("rwkv", "rwkv5", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7")),
            new Kind("RG-LRU", RECURRENT, List.of("recurrent_gemma")),
            new Kind("xLSTM", RECURRENT, List.of("xlstm")));

    private StatefulModels() {}

    /**
     * Why a model cannot run, to be put behind its name, or null if it has no such layers that are known.
     *
     * @param architecture {@code model_type} of a configuration, or {@code general.architecture} of a GGUF file
     */
    public static @Nullable String refusal(String architecture) {
        String name = architecture.toLowerCase(Locale.ROOT).replace('-', '_');
        return KINDS.stream()
                .filter(kind -> kind.names.contains(name))
                .findFirst()
                .map(kind ->
                        ("has layers of %s, whose %s the engine's cache of keys and values cannot hold; take a model with"
                                        + " attention in every layer, such as of llama, mistral, qwen3, qwen3_moe, gemma3 or granite")
                                .formatted(kind.layers, kind.state))
                .orElse(null);
    }

    private record Kind(String layers, String state, List<String> names) {}
}
