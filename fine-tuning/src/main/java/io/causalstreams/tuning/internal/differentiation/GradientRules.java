package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.tuning.internal.differentiation.Operations.Product;
import java.util.List;
import java.util.Map;

/**
 * The vector-Jacobian product of every operator that training graphs use: from the gradient of its output, those of its inputs.
 *
 * <p>Notation: y = node(a, b, …), and da stands for the gradient of a.
 */
final class GradientRules {
    /** √(2/π) and the cubic term of GELU's approximation (Hendrycks and Gimpel, arXiv 1606.08415). */
    private static final double GELU_SLOPE = Math.sqrt(2 / Math.PI);

    private static final double GELU_CUBIC = 0.044715;

    private final Node node;
    private final Tensor dy;
    private final Gradients gradients;
    private final Operations ops;

    private GradientRules(Node node, Tensor dy, Gradients gradients) {
        this.node = node;
        this.dy = dy;
        this.gradients = gradients;
        this.ops = gradients.operations().at(node.output().name());
    }

    /** @throws IllegalArgumentException if the operator has no rule */
    static void apply(Node node, Tensor dy, Gradients gradients) {
        new GradientRules(node, dy, gradients).apply();
    }

    private void apply() {
        switch (node.operator()) {
            case ADD -> {
                gradients.add(node.input(0), dy);
                gradients.add(node.input(1), dy);
            }
            case MUL -> {
                times(0, 1);
                times(1, 0);
            }
            case GEMM -> gemm();
            case MAT_MUL -> matMul();
            case TRANSPOSE -> transpose();
            case RESHAPE -> gradients.add(node.input(0), ops.reshape("dx", dy, x().shape()));
            case GATHER -> gather();
            case SOFTMAX -> softmax();
            case SIMPLIFIED_LAYER_NORMALIZATION -> rmsNorm();
            case LAYER_NORMALIZATION -> layerNorm();
            case ROTARY_EMBEDDING -> rotary();
            case QUICK_GELU -> quickGelu();
            case GELU -> gelu();
            case RELU -> relu();
            case TANH -> tanh();
            case SOFTMAX_CROSS_ENTROPY_LOSS -> crossEntropy();
            default ->
                throw new IllegalArgumentException(node.output().name() + ": " + node.operator() + " has no gradient");
        }
    }

    /** y = a · b: da = dy · b. */
    private void times(int of, int other) {
        if (gradients.wants(node.input(of))) {
            gradients.add(node.input(of), ops.mul("d" + of, dy, node.input(other)));
        }
    }

    /** y = α op(a) op(b) + c: with A = op(a) and B = op(b), dA = α dy Bᵀ, dB = α Aᵀ dy, dc = dy. */
    private void gemm() {
        Tensor a = node.input(0);
        Tensor b = node.input(1);
        float alpha = node.number("alpha", 1);
        boolean transA = node.integer("transA", 0) == 1;
        boolean transB = node.integer("transB", 0) == 1;
        if (transA) {
            gradients.addProduct(a, new Product(alpha, transB, true), b, dy);
        } else {
            gradients.addProduct(a, new Product(alpha, false, !transB), dy, b);
        }
        if (transB) {
            gradients.addProduct(b, new Product(alpha, true, transA), dy, a);
        } else {
            gradients.addProduct(b, new Product(alpha, !transA, false), a, dy);
        }
        if (node.inputs().size() > 2) {
            gradients.add(node.input(2), dy);
        }
    }

    /** y = a b: da = dy bᵀ, db = aᵀ dy. */
    private void matMul() {
        Tensor a = node.input(0);
        Tensor b = node.input(1);
        if (gradients.wants(a)) {
            gradients.add(a, ops.matMul("da", dy, ops.lastTwoExchanged("b", b)));
        }
        if (gradients.wants(b)) {
            gradients.add(b, ops.matMul("db", ops.lastTwoExchanged("a", a), dy));
        }
    }

    /** dx has the dimensions back where they were. */
    private void transpose() {
        List<Long> order = node.integers("perm");
        long[] back = new long[order.size()];
        for (int i = 0; i < back.length; i++) {
            back[order.get(i).intValue()] = i;
        }
        gradients.add(x(), ops.transpose("dx", dy, back));
    }

    /** y = rows of x: dx has dy in those rows, summed where a row was taken twice, and zeros elsewhere. */
    private void gather() {
        Tensor zeros = ops.mul("zeros", x(), ops.scalar(0));
        Tensor column =
                ops.reshape("column", node.input(1), List.of(node.input(1).size(0), 1L));
        Tensor places = ops.node(
                Operator.EXPAND,
                "places",
                dy.shape(),
                Map.of(),
                column,
                ops.to().integers(1, dy.size(1)));
        gradients.add(
                x(),
                ops.node(
                        Operator.SCATTER_ELEMENTS,
                        "dx",
                        x().shape(),
                        Map.of("axis", 0L, "reduction", "add"),
                        zeros,
                        places,
                        dy));
    }

    /** dx = y · (dy - Σ dy · y). */
    private void softmax() {
        Tensor weighted = ops.mul("weighted", dy, y());
        Tensor sum = ops.sumByRow("sum", weighted);
        gradients.add(x(), ops.sub("dx", weighted, ops.mul("share", y(), sum)));
    }

    /** With x̂ = x / √(mean(x²) + ε) and g = dy · w: dx = (g - x̂ · mean(g · x̂)) / √(mean(x²) + ε). */
    private void rmsNorm() {
        Tensor scale = node.outputs().get(1);
        Tensor standard = ops.mul("standard", x(), scale);
        Tensor g = ops.mul("g", dy, node.input(1));
        gradients.add(x(), ops.mul("dx", ops.sub("across", g, along(standard, g)), scale));
    }

    /** As the RMS norm of x - mean(x), whose own mean is taken out of the gradient too. */
    private void layerNorm() {
        Tensor scale = node.outputs().get(2);
        Tensor standard =
                ops.mul("standard", ops.sub("centred", x(), node.outputs().get(1)), scale);
        Tensor g = ops.mul("g", dy, node.input(1));
        Tensor centred = ops.sub("centred_g", g, ops.meanByRow("mean_g", g));
        gradients.add(x(), ops.mul("dx", ops.sub("across", centred, along(standard, g)), scale));
    }

    /** x̂ · mean(g · x̂). */
    private Tensor along(Tensor standard, Tensor g) {
        return ops.mul("along", standard, ops.meanByRow("mean", ops.mul("product", g, standard)));
    }

    /** A rotation's transpose turns back: the same with -sin. */
    private void rotary() {
        Tensor back = ops.mul("minus_sin", node.input(3), ops.scalar(-1));
        gradients.add(
                x(),
                ops.node(
                        Operator.ROTARY_EMBEDDING,
                        "dx",
                        x().shape(),
                        node.attributes(),
                        dy,
                        node.input(1),
                        node.input(2),
                        back));
    }

    /** y = x σ(αx): dx = dy · (σ(αx) + α y (1 - σ(αx))). */
    private void quickGelu() {
        float alpha = node.number("alpha", 1);
        Tensor sigma = ops.unary(Operator.SIGMOID, "sigma", ops.scaled("alpha_x", x(), alpha));
        Tensor rest = ops.sub("rest", y(), ops.mul("y_sigma", y(), sigma));
        Tensor slope = ops.add("slope", sigma, ops.scaled("alpha_rest", rest, alpha));
        gradients.add(x(), ops.mul("dx", dy, slope));
    }

    private void gelu() {
        Tensor slope = node.text("approximate", "none").equals("tanh") ? geluTanhSlope() : geluSlope();
        gradients.add(x(), ops.mul("dx", dy, slope));
    }

    /** (x Φ(x))' = Φ(x) + x φ(x), with Φ(x) = (1 + erf(x/√2)) / 2 and φ(x) = exp(-x²/2) / √(2π). */
    private Tensor geluSlope() {
        Tensor erf = ops.unary(Operator.ERF, "erf", ops.scaled("x_by_root", x(), Math.sqrt(0.5)));
        Tensor distribution = ops.add("distribution", ops.scaled("half_erf", erf, 0.5), ops.scalar(0.5));
        Tensor exponent = ops.scaled("exponent", ops.mul("square", x(), x()), -0.5);
        Tensor density = ops.scaled("density", ops.unary(Operator.EXP, "exp", exponent), 1 / Math.sqrt(2 * Math.PI));
        return ops.add("slope", distribution, ops.mul("x_density", x(), density));
    }

    /** With t = tanh(u), u = s (x + c x³): (x (1 + t) / 2)' = (1 + t) / 2 + x / 2 · (1 - t²) · s (1 + 3 c x²). */
    private Tensor geluTanhSlope() {
        Tensor square = ops.mul("square", x(), x());
        Tensor factor = ops.add("factor", ops.scaled("cubic", square, GELU_SLOPE * GELU_CUBIC), ops.scalar(GELU_SLOPE));
        Tensor t = ops.tanh("t", ops.mul("u", x(), factor));
        Tensor inner =
                ops.add("inner", ops.scaled("quadratic", square, 3 * GELU_SLOPE * GELU_CUBIC), ops.scalar(GELU_SLOPE));
        Tensor bell = ops.sub("bell", ops.scalar(1), ops.mul("t_square", t, t));
        Tensor steep = ops.mul("steep", ops.mul("x_bell", x(), bell), inner);
        Tensor all = ops.add("all", ops.add("one_and_t", t, ops.scalar(1)), steep);
        return ops.scaled("slope", all, 0.5);
    }

    /** dx = dy where x is positive. */
    private void relu() {
        gradients.add(x(), ops.mul("dx", dy, ops.unary(Operator.SIGN, "positive", y())));
    }

    /** dx = dy (1 - y²). */
    private void tanh() {
        Tensor slope = ops.sub("slope", ops.scalar(1), ops.mul("square", y(), y()));
        gradients.add(x(), ops.mul("dx", dy, slope));
    }

    /** y = -log p[label]: dx = dy · (p - one-hot(label)), one dy for each row. */
    private void crossEntropy() {
        Tensor labels = node.input(1);
        List<Long> column = List.of(labels.size(0), 1L);
        Tensor byRow = ops.reshape("by_row", dy, column);
        Tensor probabilities = ops.unary(Operator.EXP, "p", node.outputs().get(1));
        Tensor all = ops.mul("all", probabilities, byRow);
        gradients.add(
                x(),
                ops.node(
                        Operator.SCATTER_ELEMENTS,
                        "dx",
                        x().shape(),
                        Map.of("axis", 1L, "reduction", "add"),
                        all,
                        ops.reshape("places", labels, column),
                        ops.mul("minus", byRow, ops.scalar(-1))));
    }

    private Tensor x() {
        return node.input(0);
    }

    private Tensor y() {
        return node.output();
    }
}
