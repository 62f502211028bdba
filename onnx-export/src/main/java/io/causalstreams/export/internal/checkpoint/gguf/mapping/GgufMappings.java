package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import java.util.Map;

/** The GGUF architectures that can be read, by {@code general.architecture}. */
final class GgufMappings {

    static final Map<String, GgufMapping> ALL = Map.ofEntries(
            Map.entry("llama", new LlamaMapping()),
            Map.entry("smollm3", new SmolLm3Mapping()),
            Map.entry("granite", new GraniteMapping()),
            Map.entry("qwen2", new Qwen2Mapping()),
            Map.entry("qwen3", new Qwen3Mapping()),
            Map.entry("qwen3moe", new Qwen3MoeMapping()),
            Map.entry("phi3", new Phi3Mapping()),
            Map.entry("gemma2", new Gemma2Mapping()),
            Map.entry("gemma3", new Gemma3Mapping()),
            Map.entry("olmo2", new Olmo2Mapping()),
            Map.entry("starcoder2", new StarCoder2Mapping()),
            Map.entry("gpt2", new Gpt2Mapping()),
            Map.entry("gptneox", new GptNeoxMapping()));

    private GgufMappings() {}
}
