package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** An engine that takes requests and answers none of them until it is let go. Threading: any. */
final class HeldEngine extends ForwardingEngine {
    private final Map<Object, Runnable> held = new LinkedHashMap<>();
    private boolean letGo;

    HeldEngine() {
        this(request -> "It is so.");
    }

    /** @param script what it answers */
    HeldEngine(Function<GenerationRequest, String> script) {
        super(ScriptedEngine.saying(script).runAutomatically());
    }

    /** Answers what waits, and everything from now on at once. */
    synchronized void letGo() {
        letGo = true;
        held.values().forEach(Runnable::run);
        held.clear();
    }

    @Override
    public synchronized Generation generate(PreparedRequest request, GenerationListener listener) {
        if (letGo) {
            return super.generate(request, listener);
        }
        Object key = new Object();
        held.put(key, () -> super.generate(request, listener));
        return () -> drop(key);
    }

    private synchronized void drop(Object key) {
        held.remove(key);
    }
}
