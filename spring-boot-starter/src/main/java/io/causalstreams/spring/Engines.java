package io.causalstreams.spring;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.MultiModelEngine;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Opens the models that the properties name. */
final class Engines {
    private static final String PREFIX = "causal.streams.";

    private final BiFunction<Path, EngineConfig, GenerationEngine> opener;

    /** @param opener loads a model directory */
    Engines(BiFunction<Path, EngineConfig, GenerationEngine> opener) {
        this.opener = opener;
    }

    /** @throws IllegalStateException if the properties name no model, or contradict themselves */
    GenerationEngine open(CausalStreamsProperties properties) {
        EngineConfig config = properties.engine().config();
        Map<String, Path> models = properties.models();
        Path single = properties.model();
        if (single != null && !models.isEmpty()) {
            throw new IllegalStateException(PREFIX + "model and " + PREFIX + "models are both set; set one of them");
        }
        if (single != null) {
            return opener.apply(single, config);
        }
        String first = defaultOf(models, properties.defaultModel());
        EngineConfig share = config.shareOf(models.size());
        MultiModelEngine engine = new MultiModelEngine(first, opener.apply(models.get(first), share));
        try {
            for (Map.Entry<String, Path> model : models.entrySet()) {
                if (!model.getKey().equals(first)) {
                    engine.load(model.getKey(), opener.apply(model.getValue(), share));
                }
            }
            return engine;
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        } catch (InterruptedException e) {
            engine.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while models were loaded", e);
        }
    }

    private static String defaultOf(Map<String, Path> models, @Nullable String chosen) {
        if (models.isEmpty()) {
            throw new IllegalStateException("no model: set " + PREFIX + "model to the directory of an exported model"
                    + " (causal-streams export --model NAME --output DIR), or give a GenerationEngine bean");
        }
        if (chosen == null && models.size() == 1) {
            return models.keySet().iterator().next();
        }
        if (chosen == null || !models.containsKey(chosen)) {
            throw new IllegalStateException(
                    PREFIX + "default-model is " + chosen + "; it must be one of " + models.keySet());
        }
        return chosen;
    }
}
