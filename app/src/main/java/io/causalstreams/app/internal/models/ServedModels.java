package io.causalstreams.app.internal.models;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.MultiModelEngine;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The models of a {@link ModelList} in one engine, and how it follows the list.
 *
 * <p>Threading: one thread at a time; the engine is anybody's.
 */
public final class ServedModels {
    private final Opener opener;
    private final MultiModelEngine engine;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Set<String> aliases = new HashSet<>();

    private ServedModels(Opener opener, String name, String source, MultiModelEngine engine) {
        this.opener = opener;
        this.engine = engine;
        sources.put(name, source);
    }

    /** Loads every model of {@code list}. */
    public static ServedModels open(ModelList list, Opener opener) throws IOException, InterruptedException {
        String name = list.defaultName();
        String source = Objects.requireNonNull(list.sources().get(name));
        MultiModelEngine engine =
                new MultiModelEngine(name, opener.open(source, list.sources().size()));
        try {
            ServedModels served = new ServedModels(opener, name, source, engine);
            served.follow(list);
            return served;
        } catch (IOException | InterruptedException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** Closed by its owner. */
    public MultiModelEngine engine() {
        return engine;
    }

    /**
     * Loads what is new in {@code next}, replaces what has another source, and unloads what is not there any more when its last
     * request has ended. If a model cannot be loaded, those before it in the list are, and none is unloaded.
     */
    public void follow(ModelList next) throws IOException, InterruptedException {
        for (Map.Entry<String, String> model : next.sources().entrySet()) {
            String name = model.getKey();
            String source = model.getValue();
            if (!source.equals(sources.get(name))) {
                GenerationEngine opened = opener.open(source, next.sources().size());
                removeAlias(name);
                engine.load(name, opened);
                sources.put(name, source);
            }
        }
        engine.makeDefault(next.defaultName());
        for (String name : List.copyOf(sources.keySet())) {
            if (!next.sources().containsKey(name)) {
                engine.unload(name);
                sources.remove(name);
            }
        }
        for (String alias : List.copyOf(aliases)) {
            removeAlias(alias);
        }
        next.aliases().forEach(engine::alias);
        aliases.addAll(next.aliases().keySet());
    }

    private void removeAlias(String alias) {
        engine.removeAlias(alias);
        aliases.remove(alias);
    }

    /** Opens the engine of a source. */
    @FunctionalInterface
    public interface Opener {

        /**
         * Opens one.
         *
         * @param models how many share what the engine may use
         */
        GenerationEngine open(String source, int models) throws IOException;
    }
}
