package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.HashMap;
import java.util.Map;

/**
 * Single precision.
 *
 * <pre>
 *   project   x ──MatMul(Wᵀ)──Add(b)──►          Wᵀ (inputs, outputs)
 *   embed     ids ──Gather(table)──►             table (vocabulary, hidden)
 *   head      x ──Gemm(table, transposed)──►     the same table where the two are tied
 * </pre>
 */
public class FloatArithmetic implements Arithmetic {
    private final Map<Weight, Value> tables = new HashMap<>();

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        Weight transposed = projection.weight().transposed();
        Value weight = scope.initializer(
                "weight",
                ElementType.FLOAT,
                new long[] {projection.inputs(), projection.outputs()},
                () -> TensorData.floats(transposed.read()));
        return Bias.add(scope, scope.apply(Operator.MAT_MUL, "matmul", x, weight), projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return scope.apply(Operator.GATHER, "gather", table(scope, table), ids);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        Value product = scope.node(Operator.GEMM, "gemm")
                .inputs(x, table(scope, head.weight()))
                .attribute("transB", 1)
                .output();
        return Bias.add(scope, product, head.bias());
    }

    private Value table(Scope scope, Weight table) {
        return tables.computeIfAbsent(
                table,
                t -> scope.initializer(
                        "weight",
                        ElementType.FLOAT,
                        new long[] {t.rows(), t.columns()},
                        () -> TensorData.floats(t.read())));
    }
}
