package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StatefulModels;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import java.util.Map;
import java.util.TreeMap;

/** The GGUF architectures that can be read, by {@code general.architecture}. */
public final class GgufMappings {

    private static final Map<String, GgufMapping> ALL = Map.ofEntries(
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

    /**
     * The mapping of the file's {@code general.architecture}.
     *
     * @throws CheckpointException if there is none
     */
    public static GgufMapping of(GgufFile file) {
        String architecture = GgufKeys.of(file).architecture();
        GgufMapping mapping = ALL.get(architecture);
        if (mapping == null) {
            String state = StatefulModels.refusal(architecture);
            if (state != null) {
                throw new CheckpointException(
                        "%s: architecture \"%s\" %s".formatted(file.metadata().file(), architecture, state));
            }
            throw new CheckpointException(file.metadata().file() + ": architecture " + architecture
                    + " cannot be read from GGUF (known: " + String.join(", ", new TreeMap<>(ALL).keySet())
                    + "); give the model as safetensors");
        }
        return mapping;
    }
}
