package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.CausalLm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The adapters of an engine by name. A request keeps the one that it was prepared with, whatever the name stands for later.
 *
 * <p>Threading: any thread.
 */
final class Adapters {
    private final CausalLm model;
    private final Map<String, AdapterWeights> loaded = new ConcurrentHashMap<>();

    Adapters(CausalLm model) {
        this.model = model;
    }

    /** @throws GenerationException.Failed if the model cannot use it; nothing has changed then */
    void load(String name, Path file) {
        loaded.put(name, model.readAdapter(name, file));
    }

    boolean unload(String name) {
        return loaded.remove(name) != null;
    }

    Set<String> names() {
        return new TreeSet<>(loaded.keySet());
    }

    /**
     * The adapter that a request names, by its {@code adapter} or at the end of its {@code model}; null = none.
     *
     * @throws GenerationException.Invalid if there is none of this name
     */
    @Nullable
    AdapterWeights of(GenerationRequest request) {
        String name = request.adapter();
        if (name != null) {
            return named(request, "adapter", name);
        }
        String asked = request.model();
        int colon = asked == null ? -1 : asked.lastIndexOf(':');
        if (asked == null || colon < 0) {
            return null;
        }
        String behind = asked.substring(colon + 1);
        // an engine of one model answers whatever model is named, so only its own name tells what stands behind it
        return loaded.containsKey(behind)
                        || asked.substring(0, colon).equals(model.metadata().name())
                ? named(request, "model", behind)
                : null;
    }

    private AdapterWeights named(GenerationRequest request, String field, String name) {
        AdapterWeights adapter = loaded.get(name);
        if (adapter == null) {
            throw new GenerationException.Invalid(
                    field,
                    "request " + request.id() + ": there is no adapter '" + name + "'; "
                            + (loaded.isEmpty() ? "none is loaded" : "name one of " + String.join(", ", names())));
        }
        return adapter;
    }
}
