package io.causalstreams.topology;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A scripted engine that says which adapter a request has, and knows those that it was given. */
public final class AdaptedEngine extends ForwardingEngine {
    private final Set<String> adapters = new TreeSet<>();
    final ScriptedEngine scripted;

    private AdaptedEngine(ScriptedEngine scripted) {
        super(scripted);
        this.scripted = scripted;
    }

    /** Each answer is the adapter's name three times. */
    public static AdaptedEngine create() {
        return new AdaptedEngine(ScriptedEngine.saying(request -> {
            String adapter = request.adapter() == null ? "base" : request.adapter();
            return adapter + " " + adapter + " " + adapter;
        }));
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        @Nullable String adapter = request.adapter();
        if (adapter != null && !adapters.contains(adapter)) {
            throw new GenerationException.Invalid("adapter", "there is no adapter '" + adapter + "'");
        }
        return super.prepare(request);
    }

    @Override
    public Map<String, GenerationEngine> engines() {
        return Map.of(model().name(), this);
    }

    @Override
    public void loadAdapter(String name, Path file) {
        adapters.add(name);
    }

    @Override
    public boolean unloadAdapter(String name) {
        return adapters.remove(name);
    }

    @Override
    public Set<String> adapters() {
        return Set.copyOf(adapters);
    }
}
