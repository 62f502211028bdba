package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request prepared by the engine of the model it names. */
public record ServedRequest(ServedModel model, PreparedRequest prepared) implements PreparedRequest {

    @Override
    public GenerationRequest request() {
        return prepared.request();
    }

    @Override
    public int promptTokens() {
        return prepared.promptTokens();
    }

    @Override
    public List<Integer> promptTokenIds() {
        return prepared.promptTokenIds();
    }

    @Override
    public ServedRequest resumedFrom(List<List<Integer>> tokens) {
        return new ServedRequest(model, prepared.resumedFrom(tokens));
    }

    @Override
    public ServedRequest withDeadline(@Nullable Instant deadline) {
        return new ServedRequest(model, prepared.withDeadline(deadline));
    }
}
