package io.causalstreams.export.internal.checkpoint;

import java.util.Map;

/** The GGUF architectures that can be read, by {@code general.architecture}. */
final class GgufFamilies {

    static final Map<String, GgufFamily> ALL = Map.ofEntries(
            Map.entry("llama", new LlamaFamily()),
            Map.entry("smollm3", new SmolLm3Family()),
            Map.entry("granite", new GraniteFamily()),
            Map.entry("qwen2", new Qwen2Family()),
            Map.entry("qwen3", new Qwen3Family()),
            Map.entry("qwen3moe", new Qwen3MoeFamily()),
            Map.entry("phi3", new Phi3Family()),
            Map.entry("gemma2", new Gemma2Family()),
            Map.entry("gemma3", new Gemma3Family()),
            Map.entry("olmo2", new Olmo2Family()),
            Map.entry("starcoder2", new StarCoder2Family()),
            Map.entry("gpt2", new Gpt2Family()),
            Map.entry("gptneox", new GptNeoxFamily()));

    private GgufFamilies() {}
}
