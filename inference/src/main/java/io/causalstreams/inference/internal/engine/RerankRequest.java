package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task.Scoring;
import io.causalstreams.inference.PreparedRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to rank documents, made into one to score each. Nothing of it is published before it ends, so there is nothing to
 * resume from.
 *
 * @param parts one per document, in their order
 */
record RerankRequest(GenerationRequest request, List<TokenizedRequest> parts, Scoring scoring)
        implements PreparedRequest {
    RerankRequest {
        parts = List.copyOf(parts);
    }

    @Override
    public int promptTokens() {
        return parts.stream().mapToInt(TokenizedRequest::promptTokens).sum();
    }

    @Override
    public List<Integer> promptTokenIds() {
        return parts.stream().flatMap(part -> part.promptTokenIds().stream()).toList();
    }

    @Override
    public PreparedRequest resumedFrom(List<List<Integer>> tokens) {
        return this;
    }

    @Override
    public PreparedRequest withDeadline(@Nullable Instant deadline) {
        List<TokenizedRequest> later =
                parts.stream().map(part -> part.withDeadline(deadline)).toList();
        return new RerankRequest(request.withDeadline(deadline), later, scoring);
    }
}
