package io.causalstreams.inference;

import io.causalstreams.inference.internal.engine.ServedModel;
import io.causalstreams.inference.internal.engine.ServedRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Several models behind one door: {@link GenerationRequest#model()} chooses, by name or alias. Models are loaded and unloaded
 * while others run.
 *
 * <pre>{@code
 * MultiModelEngine engine = new MultiModelEngine("small", GenerationEngine.open(small, config));
 * engine.load("large", GenerationEngine.open(large, config));
 * engine.alias("gpt-4o-mini", "small");
 * engine.prepare(request.withModel("large"));
 * }</pre>
 *
 * <p>Each model is an engine of its own, with a thread, a cache and a queue; what they may use together is shared out by
 * {@link EngineConfig#shareOf}. They compute at the same time, and share the cores as threads do.
 *
 * <p>Threading: every method may be called from any thread. {@link #unload} and a {@link #load} that replaces wait; do not call
 * them from a listener.
 */
public final class MultiModelEngine implements GenerationEngine {

    private volatile Catalog catalog;

    /** With one model, the default. Takes over {@code engine}. */
    public MultiModelEngine(String name, GenerationEngine engine) {
        this.catalog = Catalog.of(new ServedModel(name, engine));
    }

    /**
     * Adds a model, or replaces the one of this name: new requests run on {@code engine}, running ones end on the engine they
     * began with, and only then it is closed and this returns. Takes over {@code engine}.
     *
     * @throws IllegalArgumentException if {@code name} is an alias
     */
    public void load(String name, GenerationEngine engine) throws InterruptedException {
        ServedModel model = new ServedModel(name, engine);
        Catalog before = change(current -> current.with(model));
        ServedModel replaced = before.models.get(name);
        if (replaced != null) {
            replaced.retire();
        }
    }

    /**
     * Takes a model away, with its aliases: requests that name it are {@code Invalid} from now on, running ones end first, and only
     * then it is closed and this returns.
     *
     * @throws IllegalArgumentException if there is no such model, or it is the default
     */
    public void unload(String name) throws InterruptedException {
        Catalog before = change(current -> current.without(name));
        before.model(name).retire();
    }

    /**
     * Another name for a model.
     *
     * @throws IllegalArgumentException if {@code alias} names a model, or {@code name} does not
     */
    public void alias(String alias, String name) {
        change(current -> current.withAlias(alias, name));
    }

    /** Takes another name away; does nothing if it is none. */
    public void removeAlias(String alias) {
        change(current -> current.withoutAlias(alias));
    }

    /**
     * Requests that name no model are answered by this one from now on.
     *
     * @throws IllegalArgumentException if there is no such model
     */
    public void makeDefault(String name) {
        change(current -> current.withDefault(name));
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        ServedModel model = chosen(request.model())
                .orElseThrow(() -> unknown("request " + request.id() + ": ", String.valueOf(request.model())));
        return new ServedRequest(model, model.engine().prepare(request));
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        if (!(request instanceof ServedRequest served)) {
            throw new IllegalArgumentException("request " + request.request().id()
                    + " was prepared by another engine; prepare it with the one that is to run it");
        }
        ServedRequest current = served;
        while (true) {
            Optional<Generation> started = current.model().generate(current.prepared(), listener);
            if (started.isPresent()) {
                return started.get();
            }
            // its model was replaced or unloaded since it was prepared
            current = (ServedRequest) prepare(current.request());
        }
    }

    @Override
    public ModelInfo model() {
        return catalog.defaultModel().info();
    }

    @Override
    public ModelInfo model(@Nullable String name) {
        return chosen(name).map(ServedModel::info).orElseThrow(() -> unknown("", String.valueOf(name)));
    }

    @Override
    public Map<String, GenerationEngine> engines() {
        Map<String, GenerationEngine> engines = new LinkedHashMap<>();
        catalog.models.forEach((name, model) -> engines.put(name, model.engine()));
        return engines;
    }

    /** The sums over all models. */
    @Override
    public EngineStats stats() {
        return catalog.models.values().stream()
                .map(each -> each.engine().stats())
                .reduce(EngineStats::plus)
                .orElseThrow();
    }

    /** Whether every model takes requests. */
    @Override
    public boolean isAlive() {
        return catalog.models.values().stream().allMatch(each -> each.engine().isAlive());
    }

    @Override
    public void close() {
        catalog.models.values().forEach(each -> each.engine().close());
    }

    /** What there was before. */
    private synchronized Catalog change(UnaryOperator<Catalog> change) {
        Catalog before = catalog;
        catalog = change.apply(before);
        return before;
    }

    private Optional<ServedModel> chosen(@Nullable String name) {
        Catalog current = catalog;
        if (name == null) {
            return Optional.of(current.defaultModel());
        }
        // behind a colon stands an adapter of the model
        int colon = name.lastIndexOf(':');
        return current.find(name).or(() -> colon < 0 ? Optional.empty() : current.find(name.substring(0, colon)));
    }

    private GenerationException.Invalid unknown(String context, String name) {
        return new GenerationException.Invalid(
                "model",
                context + "there is no model '" + name + "'; name one of " + String.join(", ", catalog.names()));
    }

    /**
     * What there is at a time. Immutable.
     *
     * @param models by name, in the order they were loaded
     * @param aliases to names of models
     */
    private record Catalog(String defaultName, Map<String, ServedModel> models, Map<String, String> aliases) {

        static Catalog of(ServedModel model) {
            return new Catalog(model.name(), Map.of(model.name(), model), Map.of());
        }

        ServedModel defaultModel() {
            return model(defaultName);
        }

        ServedModel model(String name) {
            ServedModel model = models.get(name);
            if (model == null) {
                throw new IllegalArgumentException(
                        "there is no model '" + name + "'; name one of " + String.join(", ", models.keySet()));
            }
            return model;
        }

        Optional<ServedModel> find(String name) {
            return Optional.ofNullable(models.get(aliases.getOrDefault(name, name)));
        }

        List<String> names() {
            List<String> names = new ArrayList<>(models.keySet());
            names.addAll(aliases.keySet());
            return names;
        }

        Catalog with(ServedModel model) {
            if (aliases.containsKey(model.name())) {
                throw new IllegalArgumentException("'" + model.name() + "' is an alias of '" + aliases.get(model.name())
                        + "'; give the model another name");
            }
            return new Catalog(defaultName, plus(models, model.name(), model), aliases);
        }

        Catalog without(String name) {
            model(name);
            if (name.equals(defaultName)) {
                throw new IllegalArgumentException(
                        "model '" + name + "' is the default; make another one the default first");
            }
            Map<String, ServedModel> fewer = new LinkedHashMap<>(models);
            fewer.remove(name);
            Map<String, String> left = new LinkedHashMap<>(aliases);
            left.values().removeIf(name::equals);
            return new Catalog(defaultName, Collections.unmodifiableMap(fewer), Collections.unmodifiableMap(left));
        }

        Catalog withAlias(String alias, String name) {
            model(name);
            if (models.containsKey(alias)) {
                throw new IllegalArgumentException(
                        "'" + alias + "' is the name of a model; give the alias another name");
            }
            return new Catalog(defaultName, models, plus(aliases, alias, name));
        }

        Catalog withoutAlias(String alias) {
            Map<String, String> left = new LinkedHashMap<>(aliases);
            left.remove(alias);
            return new Catalog(defaultName, models, Collections.unmodifiableMap(left));
        }

        Catalog withDefault(String name) {
            return new Catalog(model(name).name(), models, aliases);
        }

        private static <T> Map<String, T> plus(Map<String, T> map, String name, T value) {
            Map<String, T> more = new LinkedHashMap<>(map);
            more.put(name, value);
            return Collections.unmodifiableMap(more);
        }
    }
}
