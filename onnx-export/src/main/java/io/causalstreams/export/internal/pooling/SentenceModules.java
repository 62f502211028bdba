package io.causalstreams.export.internal.pooling;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What sentence-transformers keeps beside a checkpoint: {@code modules.json}, the pooling's {@code config.json},
 * {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}.
 *
 * @param dense layers behind the pooling, in their order
 * @param normalised whether vectors are scaled to length 1
 * @param maxTokens of a text, special tokens included; null = what the model can
 * @param prompts texts to put in front, by name
 * @param defaultPrompt the name of the one that is used where none is asked for, or null
 * @see <a href="https://sbert.net/docs/package_reference/sentence_transformer/models.html">modules</a>
 */
public record SentenceModules(
        Pooling pooling,
        List<Dense> dense,
        boolean normalised,
        @Nullable Integer maxTokens,
        Map<String, String> prompts,
        @Nullable String defaultPrompt) {
    private static final String MODULES = "modules.json";
    private static final String PACKAGE_PREFIX = "sentence_transformers.";

    public SentenceModules {
        dense = List.copyOf(dense);
        prompts = Map.copyOf(prompts);
    }

    /** Whether a checkpoint is made for embeddings, by its own word. */
    public static boolean in(Checkpoint checkpoint) {
        return checkpoint.file(MODULES).isArray();
    }

    /**
     * Of a checkpoint; the mean of all tokens, normalised, where it says nothing.
     *
     * @throws UnsupportedModelException naming a module or a pooling that is not implemented
     */
    public static SentenceModules of(Checkpoint checkpoint) {
        Pooling pooling = Pooling.MEAN;
        List<Dense> dense = new ArrayList<>();
        boolean normalised = !in(checkpoint);
        for (JsonNode module : checkpoint.file(MODULES)) {
            String type = module.path("type").asText();
            String name = type.substring(type.lastIndexOf('.') + 1);
            if (name.equals("Pooling")) {
                pooling = pooling(checkpoint, folder(module));
            } else if (name.equals("Dense")) {
                dense.add(Dense.in(checkpoint, folder(module)));
            } else if (name.equals("Normalize")) {
                normalised = true;
            } else if (!name.equals("Transformer") || !type.startsWith(PACKAGE_PREFIX)) {
                throw new UnsupportedModelException(MODULES + ": module " + type
                        + " is not implemented; known are Transformer, Pooling, Dense, Normalize");
            }
        }
        JsonNode words = checkpoint.file("config_sentence_transformers.json");
        Map<String, String> prompts = new LinkedHashMap<>();
        words.path("prompts")
                .properties()
                .forEach(
                        prompt -> prompts.put(prompt.getKey(), prompt.getValue().asText()));
        return new SentenceModules(
                pooling,
                dense,
                normalised,
                maxTokens(checkpoint),
                prompts,
                words.path("default_prompt_name").asText(null));
    }

    private static String folder(JsonNode module) {
        String folder = module.path("path").asText();
        if (!folder.matches("[\\w-]+")) {
            throw new UnsupportedModelException(
                    MODULES + ": the path " + module.path("path") + " is not a plain name of a folder");
        }
        return folder;
    }

    /** Elements of a vector whose pooling gives {@code pooled}. */
    public int dimensions(int pooled) {
        return dense.isEmpty()
                ? pooled
                : dense.get(dense.size() - 1).projection().outputs();
    }

    private static @Nullable Integer maxTokens(Checkpoint checkpoint) {
        JsonNode said = checkpoint.file("sentence_bert_config.json").path("max_seq_length");
        return said.canConvertToInt() && said.intValue() > 0 ? Integer.valueOf(said.intValue()) : null;
    }

    /** One of the flags {@code pooling_mode_*}, or, as later versions write it, {@code pooling_mode}. */
    private static Pooling pooling(Checkpoint checkpoint, String path) {
        String file = path + "/config.json";
        JsonNode config = checkpoint.file(file);
        Optional<String> mode = config.hasNonNull("pooling_mode")
                ? Optional.of(config.get("pooling_mode").asText())
                : config.properties().stream()
                        .filter(flag -> flag.getKey().startsWith("pooling_mode_")
                                && flag.getValue().asBoolean())
                        .map(flag -> flag.getKey().substring("pooling_mode_".length()))
                        .reduce((one, other) -> one + " and " + other);
        return switch (mode.orElse("nothing")) {
            case "mean_tokens", "mean" -> Pooling.MEAN;
            case "cls_token", "cls" -> Pooling.CLS;
            case "lasttoken" -> Pooling.LAST;
            default ->
                throw new UnsupportedModelException(file + ": pooling by " + mode.orElse("nothing")
                        + " is not implemented; known are mean, cls, lasttoken");
        };
    }
}
