package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.encoder.ScoringHead;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.pooling.Dense;
import io.causalstreams.export.internal.pooling.Pooling;
import io.causalstreams.export.internal.pooling.SentenceModules;

/**
 * One vector of each text's.
 *
 * <pre>
 *   CLS, LAST  x ──Gather(first or last tokens)──►
 *   MEAN       x ──padded──Mul(mask)──ReduceSum──Div(lengths)──►
 *   dense      vectors ──W·x + b──activation──►         behind the pooling, where there are any
 *   score      first tokens ──inner──Tanh──output──►
 * </pre>
 *
 * Shapes: x (tokens, hidden); result (batch, hidden), (batch, dimensions) with dense layers, or (batch, 1).
 */
final class PoolingBlock {
    private final Packing packing;

    PoolingBlock(Packing packing) {
        this.packing = packing;
    }

    Value embed(Scope root, Value x, SentenceModules modules) {
        Value vectors = add(root.at("pooling"), x, modules.pooling());
        Arithmetic exact = new FloatArithmetic();
        for (int i = 0; i < modules.dense().size(); i++) {
            Dense dense = modules.dense().get(i);
            Scope at = root.at("dense." + i);
            vectors = exact.project(at, vectors, dense.projection(), Arithmetic.Role.ROUTER);
            if (dense.activation() != null) {
                vectors = ActivationBlock.add(at, vectors, dense.activation());
            }
        }
        return vectors;
    }

    private Value add(Scope scope, Value x, Pooling pooling) {
        return switch (pooling) {
            case CLS -> scope.apply(Operator.GATHER, "first", x, packing.firstTokens());
            case LAST -> scope.apply(Operator.GATHER, "vectors", x, packing.lastTokens(scope));
            case MEAN -> mean(scope, x);
        };
    }

    /** Its weights are never of fewer bits, whatever the rest of the graph: the head is small, and its result the answer. */
    Value score(Scope scope, Value x, ScoringHead head) {
        Arithmetic exact = new FloatArithmetic();
        Value first = add(scope, x, Pooling.CLS);
        Value inner = exact.project(scope.at("inner"), first, head.inner(), Arithmetic.Role.ROUTER);
        Value bounded = scope.apply(Operator.TANH, "bounded", inner);
        return exact.project(scope.at("output"), bounded, head.output(), Arithmetic.Role.ROUTER);
    }

    /** In fp32, as a sum over many tokens may not fit in half precision. */
    private Value mean(Scope scope, Value x) {
        Value padded = Casts.toSingle(scope, "padded_single", packing.padded(scope, x));
        Value masked = scope.apply(Operator.MUL, "masked", padded, packing.mask(scope));
        Value sum = scope.node(Operator.REDUCE_SUM, "sum")
                .inputs(masked, scope.graph().constant(1))
                .attribute("keepdims", 0)
                .output();
        return Casts.toReals(scope, "mean_real", scope.apply(Operator.DIV, "mean", sum, packing.counts(scope)));
    }
}
