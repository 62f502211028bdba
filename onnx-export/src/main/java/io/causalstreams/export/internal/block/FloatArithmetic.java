package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.HashMap;
import java.util.Map;

/**
 * The type that the graph computes in, mostly single precision; weights are stored so, or in half precision.
 *
 * <pre>
 *   project   x ──MatMul(Wᵀ)──Add(b)──►          Wᵀ (inputs, outputs)
 *   embed     ids ──Gather(table)──►             table (vocabulary, hidden)
 *   head      x ──Gemm(table, transposed)──►     the same table where the two are tied; in half precision FusedMatMul
 *
 *   stored in half precision:  W ──Cast(float)──►  before it is used, a table after it was gathered
 * </pre>
 *
 * ONNX Runtime computes the casts of whole weights once, when it loads the graph.
 *
 * <p>Gemm and FusedMatMul are one kernel on a device, which sums in fp32. On the CPU ONNX Runtime 1.29 has a Gemm of half precision
 * that sums in half precision too, and in most decoders the head's would be the only one. In graphs of vectors and scores, whose x has two
 * dimensions, ONNX Runtime itself makes a Gemm of each MatMul and its bias.
 */
public class FloatArithmetic implements Arithmetic {
    private final ElementType stored;
    private final Map<Weight, Value> tables = new HashMap<>();

    /** Weights in the type that the graph computes in. */
    public FloatArithmetic() {
        this(ElementType.FLOAT);
    }

    /** @param stored {@link ElementType#FLOAT}, as the other constructor, or {@link ElementType#FLOAT16} for fp32 graphs */
    public FloatArithmetic(ElementType stored) {
        this.stored = stored;
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        Value weight = add(scope, projection.weight().transposed());
        return Bias.add(
                scope,
                scope.apply(Operator.MAT_MUL, "matmul", x, single(scope, "weight_cast", weight)),
                projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return single(scope, "cast", scope.apply(Operator.GATHER, "gather", table(scope, table), ids));
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        boolean singlePrecision = scope.graph().reals() == ElementType.FLOAT;
        Value product = scope.node(singlePrecision ? Operator.GEMM : Operator.FUSED_MAT_MUL, "product")
                .inputs(x, single(scope, "weight_cast", table(scope, head.weight())))
                .attribute("transB", 1)
                .output();
        return Bias.add(scope, product, head.bias());
    }

    private Value table(Scope scope, Weight table) {
        return tables.computeIfAbsent(table, t -> add(scope, t));
    }

    private Value add(Scope scope, Weight weight) {
        long[] shape = {weight.rows(), weight.columns()};
        return stored == ElementType.FLOAT
                ? scope.reals("weight", shape, () -> WeightData.floats(weight))
                : scope.initializer("weight", stored, shape, () -> WeightData.halves(weight));
    }

    private Value single(Scope scope, String name, Value x) {
        return stored == ElementType.FLOAT
                ? x
                : scope.node(Operator.CAST, name)
                        .inputs(x)
                        .attribute("to", ElementType.FLOAT.code())
                        .output();
    }
}
