package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/**
 * How a graph computes products with weights: the only difference between precisions.
 *
 * <p>One instance serves one graph.
 */
public interface Arithmetic {

    /** y = W·x + b. Shapes: x (…, inputs); result (…, outputs), fp32. */
    Value project(Scope scope, Value x, Projection projection, Role role);

    /** Rows of {@code table} (vocabulary, hidden). Shapes: ids (batch, sequence); result (batch, sequence, hidden), fp32. */
    Value embed(Scope scope, Value ids, Weight table);

    /**
     * Logits of some rows. Shapes: x (rows, hidden); result (rows, vocabulary), fp32.
     *
     * @param head its weight may be the table given to {@link #embed} before
     */
    Value head(Scope scope, Value x, Projection head);

    /** What a product is for; precisions treat them differently. */
    enum Role {
        QUERY_KEY_VALUE,
        /** Queries, keys or values of a latent vector, not of the residual stream. */
        OF_LATENT,
        ATTENTION_OUTPUT,
        GATE_UP,
        DOWN,
        /** {@link #DOWN} of an expert, whose input may have no rows at all. */
        EXPERT_DOWN,
        ROUTER
    }
}
