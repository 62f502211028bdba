package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine whose requests have its adapters in turn, so that rows of one pass have different ones. */
public final class AdaptersInTurn extends ForwardingEngine {
    private final List<String> adapters;
    private final AtomicInteger next = new AtomicInteger();

    private AdaptersInTurn(GenerationEngine engine, List<String> adapters) {
        super(engine);
        this.adapters = adapters;
    }

    /** {@code engine} itself, where it has none. */
    public static GenerationEngine of(GenerationEngine engine) {
        List<String> adapters = List.copyOf(engine.adapters());
        return adapters.isEmpty() ? engine : new AdaptersInTurn(engine, adapters);
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        int turn = Math.floorMod(next.getAndIncrement(), adapters.size());
        return super.prepare(request.withAdapter(adapters.get(turn)));
    }
}
