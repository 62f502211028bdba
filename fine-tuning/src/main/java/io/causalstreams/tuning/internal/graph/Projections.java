package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Origin;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import io.causalstreams.tuning.internal.adapter.AdaptedModule;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Operations.Product;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Products with frozen weights, and the adapters beside them.
 *
 * <pre>
 *   x ──Gemm(W, b)───────────────────────────┐
 *   x ──[Mul]──Gemm(A)──► u ──Gemm(B, scale)─+──► y       the sum is the second product's third input
 * </pre>
 *
 * With dropout, factors that are given multiply the input of A, each module's its own. Where a projection is some rows of a stored matrix (q of a matrix for q, k and v), they are those rows of B, and u is shared.
 */
final class Projections {
    private final LayerGraph graph;
    private final LoraConfig lora;
    private final Map<String, Tensor> inner = new HashMap<>();

    Projections(LayerGraph graph, LoraConfig lora) {
        this.graph = graph;
        this.lora = lora;
    }

    /** Shapes: x (tokens, inputs); result (tokens, outputs). */
    Tensor add(Operations ops, Tensor x, Projection projection) {
        Tensor weight = matrix(ops, "weight", projection.weight());
        Tensor bias = projection.bias() == null ? null : vector(ops, "bias", projection.bias());
        Tensor y = ops.gemm("product", Product.ROWS, x, weight, bias);
        Origin origin = projection.weight().origin();
        AdaptedModule module = origin == null ? null : adapted(origin, projection);
        return origin == null || module == null ? y : adapted(ops, x, y, module, origin);
    }

    /** A vector of the checkpoint. */
    Tensor vector(Operations ops, String name, Weight vector) {
        Tensor input = ops.input(name, ElementType.FLOAT, vector.rows());
        graph.frozen().put(input, vector);
        return input;
    }

    private Tensor matrix(Operations ops, String name, Weight weight) {
        Tensor input = ops.input(name, ElementType.FLOAT, weight.rows(), weight.columns());
        graph.frozen().put(input, weight);
        return input;
    }

    private @Nullable AdaptedModule adapted(Origin origin, Projection projection) {
        String name = origin.tensor().replaceFirst("\\.weight$", "");
        return lora.adapts(name)
                ? new AdaptedModule(name, origin.rows().sourceSize(), projection.inputs(), origin.transposed())
                : null;
    }

    private Tensor adapted(Operations ops, Tensor x, Tensor y, AdaptedModule module, Origin origin) {
        Operations names = new Operations(ops.to(), module.nameInLayer() + "/");
        Tensor a = names.input("lora_A", ElementType.FLOAT, lora.rank(), module.inputs());
        Tensor b = names.input("lora_B", ElementType.FLOAT, module.outputs(), lora.rank());
        graph.adapterA().put(a, module);
        graph.adapterB().put(b, module);
        Tensor u = inner.computeIfAbsent(
                module.name() + " of " + x.name(),
                key -> names.gemm("inner", Product.ROWS, dropped(names, x, module), a, null));
        Tensor rows = origin.isWhole() ? b : ops.gatherRows("lora_rows", b, indices(ops, origin.rows()));
        return ops.gemm("adapted", Product.ROWS.times(lora.scale() * origin.factor()), u, rows, y);
    }

    private Tensor dropped(Operations ops, Tensor x, AdaptedModule module) {
        if (lora.dropout() == 0) {
            return x;
        }
        Tensor factors = ops.input("lora_dropout", ElementType.FLOAT, x.size(0), module.inputs());
        graph.dropouts().put(factors, module);
        return ops.mul("dropped", x, factors);
    }

    private static Tensor indices(Operations ops, ChannelOrder order) {
        List<Long> indices = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i) == ChannelOrder.ZERO) {
                throw new IllegalArgumentException("a projection with rows of zeros cannot be adapted");
            }
            indices.add((long) order.get(i));
        }
        return ops.to().integers(indices);
    }
}
