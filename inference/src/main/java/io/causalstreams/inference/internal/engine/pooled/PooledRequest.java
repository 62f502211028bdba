package io.causalstreams.inference.internal.engine.pooled;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.internal.model.TokenRow;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A request whose texts are tokens. Nothing of it was published before it ended, so there is nothing to resume from.
 *
 * @param owner what prepared it
 * @param rows one of a text, or one per document
 */
record PooledRequest(PooledPreparation owner, GenerationRequest request, List<TokenRow> rows)
        implements PreparedRequest {
    PooledRequest {
        rows = List.copyOf(rows);
    }

    @Override
    public int promptTokens() {
        return rows.stream().mapToInt(TokenRow::length).sum();
    }

    @Override
    public List<Integer> promptTokenIds() {
        return rows.stream().flatMap(row -> IntStream.of(row.ids()).boxed()).toList();
    }

    @Override
    public PreparedRequest resumedFrom(List<List<Integer>> tokens) {
        return this;
    }

    @Override
    public PreparedRequest withDeadline(@Nullable Instant deadline) {
        return new PooledRequest(owner, request.withDeadline(deadline), rows);
    }
}
