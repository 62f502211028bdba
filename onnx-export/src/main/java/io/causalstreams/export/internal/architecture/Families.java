package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.checkpoint.StatefulModels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The families that are known. */
public final class Families {
    private static final List<Family> ALL = List.of(
            new LlamaFamily(),
            new MistralFamily(),
            new QwenFamily(),
            new SmolLm3Family(),
            new Phi3Family(),
            new GemmaFamily(),
            new GraniteFamily(),
            new OlmoFamily(),
            new Exaone4Family(),
            new GlmFamily(),
            new CohereFamily(),
            new Ernie45Family(),
            new HunyuanFamily(),
            new GptOssFamily(),
            new MixtralFamily(),
            new QwenMoeFamily(),
            new DeepSeekFamily(),
            new StarCoder2Family(),
            new Gpt2Family(),
            new GptNeoXFamily());

    private Families() {}

    /**
     * Describes the decoder of a checkpoint of any known family.
     *
     * @throws UnsupportedModelException as {@link Family#describe}, for an unknown {@code model_type}, and where the
     *     description leaves weights of the checkpoint out
     */
    public static Decoder describe(ModelConfig config, Tensors tensors) {
        Family family = byModelType().get(config.modelType());
        if (family == null) {
            String state = StatefulModels.refusal(config.modelType());
            if (state != null) {
                throw config.refused("model_type", "\"%s\" %s".formatted(config.modelType(), state));
            }
            throw config.refused(
                    "model_type",
                    "is \"%s\"; implemented: %s"
                            .formatted(
                                    config.modelType(),
                                    byModelType().keySet().stream().collect(Collectors.joining(", "))));
        }
        Decoder decoder = family.describe(config, tensors);
        LeftOverTensors.refuse(config, decoder, tensors);
        return decoder;
    }

    private static Map<String, Family> byModelType() {
        Map<String, Family> families = new TreeMap<>();
        for (Family family : ALL) {
            family.modelTypes().forEach(type -> families.put(type, family));
        }
        return families;
    }
}
