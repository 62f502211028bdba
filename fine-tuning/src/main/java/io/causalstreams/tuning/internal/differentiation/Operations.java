package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ONNX operators by name, with the shapes of their results: how computations are written down. Those that
 * {@link Gradients} differentiates are marked ∂.
 *
 * @param to where the nodes go
 * @param prefix of their names
 */
public record Operations(Computation to, String prefix) {
    private static final float SILU_ALPHA = 1;

    /** The same with {@code name/} behind the prefix. */
    public Operations at(String name) {
        return new Operations(to, prefix + name + "/");
    }

    public Tensor input(String name, ElementType type, long... shape) {
        List<Long> sizes = new ArrayList<>();
        for (long size : shape) {
            sizes.add(size);
        }
        return new Tensor(prefix + name, type, sizes);
    }

    public Tensor scalar(double value) {
        return to.scalar(value);
    }

    /** ∂ a + b; shapes broadcast. */
    public Tensor add(String name, Tensor a, Tensor b) {
        return node(Operator.ADD, name, broadcast(a, b), Map.of(), a, b);
    }

    /** a - b. */
    public Tensor sub(String name, Tensor a, Tensor b) {
        return node(Operator.SUB, name, broadcast(a, b), Map.of(), a, b);
    }

    /** ∂ a · b element by element; shapes broadcast. */
    public Tensor mul(String name, Tensor a, Tensor b) {
        return node(Operator.MUL, name, broadcast(a, b), Map.of(), a, b);
    }

    /** ∂ (a) · (b) as matrices in the last two dimensions, the dimensions before them equal. */
    public Tensor matMul(String name, Tensor a, Tensor b) {
        List<Long> shape = new ArrayList<>(a.shape());
        shape.set(shape.size() - 1, b.size(-1));
        return node(Operator.MAT_MUL, name, shape, Map.of(), a, b);
    }

    /** ∂ alpha · op(a) · op(b) + c, of matrices; c broadcasts. */
    public Tensor gemm(String name, Product product, Tensor a, Tensor b, @Nullable Tensor c) {
        List<Long> shape = List.of(a.size(product.transA() ? 1 : 0), b.size(product.transB() ? 0 : 1));
        Map<String, Object> attributes = Map.of(
                "alpha", product.alpha(), "transA", product.transA() ? 1L : 0L, "transB", product.transB() ? 1L : 0L);
        return c == null
                ? node(Operator.GEMM, name, shape, attributes, a, b)
                : node(Operator.GEMM, name, shape, attributes, a, b, c);
    }

    /** How {@link #gemm} multiplies. */
    public record Product(float alpha, boolean transA, boolean transB) {
        public static final Product PLAIN = new Product(1, false, false);
        /** Rows times rows: x · Wᵀ. */
        public static final Product ROWS = new Product(1, false, true);

        public Product times(double factor) {
            return new Product((float) (alpha * factor), transA, transB);
        }
    }

    /** ∂ */
    public Tensor transpose(String name, Tensor x, long... order) {
        List<Long> shape = new ArrayList<>();
        List<Long> perm = new ArrayList<>();
        for (long from : order) {
            shape.add(x.size((int) from));
            perm.add(from);
        }
        return node(Operator.TRANSPOSE, name, shape, Map.of("perm", perm), x);
    }

    /** The last two dimensions exchanged. */
    public Tensor lastTwoExchanged(String name, Tensor x) {
        long[] order = new long[x.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        order[order.length - 1] = order.length - 2L;
        order[order.length - 2] = order.length - 1L;
        return transpose(name, x, order);
    }

    /** ∂ */
    public Tensor reshape(String name, Tensor x, List<Long> shape) {
        return node(Operator.RESHAPE, name, shape, Map.of(), x, to.integers(shape));
    }

    /** ∂ x to rows of {@code size} elements. */
    public Tensor rows(String name, Tensor x, long size) {
        return reshape(name, x, List.of(x.elements() / size, size));
    }

    /** ∂ over the last dimension. */
    public Tensor softmax(String name, Tensor x) {
        return node(Operator.SOFTMAX, name, x.shape(), Map.of("axis", -1L), x);
    }

    /** ∂ x / √(mean(x²) + ε) · weight over the last dimension. */
    public Tensor rmsNorm(String name, Tensor x, Tensor weight, double epsilon) {
        Map<String, Object> attributes = Map.of("axis", -1L, "epsilon", (float) epsilon);
        List<List<Long>> shapes = List.of(x.shape(), oneByRow(x));
        return to.add(Operator.SIMPLIFIED_LAYER_NORMALIZATION, prefix + name, attributes, List.of(x, weight), shapes)
                .get(0);
    }

    /** ∂ (x - mean(x)) / √(var(x) + ε) · weight + bias over the last dimension. */
    public Tensor layerNorm(String name, Tensor x, Tensor weight, @Nullable Tensor bias, double epsilon) {
        Map<String, Object> attributes = Map.of("axis", -1L, "epsilon", (float) epsilon);
        List<Tensor> in = bias == null ? List.of(x, weight) : List.of(x, weight, bias);
        List<List<Long>> shapes = List.of(x.shape(), oneByRow(x), oneByRow(x));
        return to.add(Operator.LAYER_NORMALIZATION, prefix + name, attributes, in, shapes)
                .get(0);
    }

    /** The mean over the last dimension, which is kept with size 1. */
    public Tensor meanByRow(String name, Tensor x) {
        return node(Operator.REDUCE_MEAN, name, oneByRow(x), Map.of("keepdims", 1L), x, to.integers(-1));
    }

    /** Sums over the last dimension, which is kept with size 1. */
    public Tensor sumByRow(String name, Tensor x) {
        return sum(name, x, List.of(-1L), oneByRow(x), true);
    }

    /** Sums over dimensions. */
    Tensor sum(String name, Tensor x, List<Long> axes, List<Long> shape, boolean keep) {
        return node(Operator.REDUCE_SUM, name, shape, Map.of("keepdims", keep ? 1L : 0L), x, to.integers(axes));
    }

    /**
     * ∂ Rotary positions. Shapes: x (batch, heads, sequence, channels), positions (batch, sequence), cos and sin
     * (positions, pairs).
     */
    public Tensor rotary(String name, Tensor x, Tensor positions, Tensor cos, Tensor sin) {
        long turning = 2 * cos.size(1);
        Map<String, Object> attributes =
                turning == x.size(-1) ? Map.of() : Map.of("rotary_embedding_dim", turning, "num_heads", x.size(1));
        return node(Operator.ROTARY_EMBEDDING, name, x.shape(), attributes, x, positions, cos, sin);
    }

    /** ∂ x · σ(alpha · x). */
    public Tensor quickGelu(String name, Tensor x, float alpha) {
        return node(Operator.QUICK_GELU, name, x.shape(), Map.of("alpha", alpha), x);
    }

    /** ∂ x · σ(x). */
    public Tensor silu(String name, Tensor x) {
        return quickGelu(name, x, SILU_ALPHA);
    }

    /** ∂ x · Φ(x), or its approximation with tanh. */
    public Tensor gelu(String name, Tensor x, boolean tanh) {
        return node(Operator.GELU, name, x.shape(), Map.of("approximate", tanh ? "tanh" : "none"), x);
    }

    /** ∂ max(x, 0). */
    public Tensor relu(String name, Tensor x) {
        return unary(Operator.RELU, name, x);
    }

    /** ∂ */
    public Tensor tanh(String name, Tensor x) {
        return unary(Operator.TANH, name, x);
    }

    /** An operator of one input that keeps its shape. */
    Tensor unary(Operator operator, String name, Tensor x) {
        return node(operator, name, x.shape(), Map.of(), x);
    }

    /** x times a factor that the graph knows, or x where that is 1. */
    public Tensor scaled(String name, Tensor x, double factor) {
        return factor == 1 ? x : mul(name, x, scalar(factor));
    }

    /** limit · tanh(x / limit), or x where the limit is 0. */
    public Tensor softCapped(String name, Tensor x, double limit) {
        return limit == 0
                ? x
                : mul(name, tanh(name + "_bounded", scaled(name + "_divided", x, 1 / limit)), scalar(limit));
    }

    /** ∂ Rows of a matrix. Shapes: x (n, size), rows (m); result (m, size). */
    public Tensor gatherRows(String name, Tensor x, Tensor rows) {
        return node(Operator.GATHER, name, List.of(rows.size(0), x.size(1)), Map.of("axis", 0L), x, rows);
    }

    /** ∂ -log softmax(scores)[label] of each row. Shapes: scores (n, classes), labels (n); result (n). */
    public Tensor crossEntropy(String name, Tensor scores, Tensor labels) {
        List<List<Long>> shapes = List.of(labels.shape(), scores.shape());
        Map<String, Object> attributes = Map.of("reduction", "none");
        return to.add(Operator.SOFTMAX_CROSS_ENTROPY_LOSS, prefix + name, attributes, List.of(scores, labels), shapes)
                .get(0);
    }

    Tensor node(Operator operator, String name, List<Long> shape, Map<String, Object> attributes, Tensor... in) {
        return to.add(operator, prefix + name, shape, attributes, in);
    }

    private static List<Long> oneByRow(Tensor x) {
        List<Long> shape = new ArrayList<>(x.shape());
        shape.set(shape.size() - 1, 1L);
        return shape;
    }

    private static List<Long> broadcast(Tensor a, Tensor b) {
        List<Long> shape = new ArrayList<>();
        for (int i = 1; i <= Math.max(a.rank(), b.rank()); i++) {
            long left = i > a.rank() ? 1 : a.size(-i);
            long right = i > b.rank() ? 1 : b.size(-i);
            if (left != right && left != 1 && right != 1) {
                throw new IllegalArgumentException(a + " and " + b + " do not broadcast");
            }
            shape.add(left == 1 ? right : left);
        }
        Collections.reverse(shape);
        return shape;
    }
}
