package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.tuning.internal.differentiation.Operations.Product;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a computation by reverse-mode differentiation: its nodes from last to first, each with the rule of its operator.
 *
 * <pre>
 *   forward     x ──node──► y             backward     dy ──{@link GradientRules rule of the node}──► dx += (∂y/∂x)ᵀ dy
 * </pre>
 *
 * The result is a computation of its own. What it reads of the forward one (inputs, and values on the way) are its inputs, so
 * that whoever runs both decides what is kept between them and what is computed again. Only what leads to a wanted tensor is
 * differentiated. (Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 3.)
 */
public final class Gradients {
    private final Computation backward = new Computation();
    private final Operations operations = new Operations(backward, "d/");
    /** Tensors on a way from a wanted one, itself included. */
    private final Set<Tensor> active = new HashSet<>();

    private final Map<Tensor, Tensor> sums = new HashMap<>();

    private Gradients(Computation forward, Collection<Tensor> wanted) {
        backward.takeConstants(forward);
        active.addAll(wanted);
        for (Node node : forward.nodes()) {
            if (node.inputs().stream().anyMatch(active::contains)) {
                active.addAll(node.outputs());
            }
        }
    }

    /**
     * Differentiates {@code forward}.
     *
     * @param seed the gradient of {@code output}, an input of the result
     * @param wanted inputs of {@code forward} whose gradients the caller asks for
     * @throws IllegalArgumentException if an operator on the way has no rule
     */
    public static Gradients of(Computation forward, Tensor output, Tensor seed, Collection<Tensor> wanted) {
        Gradients gradients = new Gradients(forward, wanted);
        gradients.sums.put(output, seed);
        List<Node> nodes = forward.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            Tensor gradient = gradients.sums.get(node.output());
            if (gradient != null && gradients.active.contains(node.output())) {
                GradientRules.apply(node, gradient, gradients);
            }
        }
        return gradients;
    }

    /** The nodes that compute the gradients. */
    public Computation backward() {
        return backward;
    }

    /** The gradient of a wanted tensor. */
    public Tensor of(Tensor wanted) {
        Tensor gradient = sums.get(wanted);
        if (gradient == null) {
            throw new NoSuchElementException("nothing leads from " + wanted + " to the output");
        }
        return gradient;
    }

    Operations operations() {
        return operations;
    }

    /** Whether a rule has to add to the gradient of {@code tensor}. */
    boolean wants(Tensor tensor) {
        return active.contains(tensor);
    }

    /** Adds to the gradient of {@code tensor}; of what was broadcast, the sum. */
    void add(Tensor tensor, Tensor gradient) {
        if (wants(tensor)) {
            Tensor reduced = reduced(gradient, tensor);
            Tensor sum = sums.get(tensor);
            sums.put(tensor, sum == null ? reduced : operations.add("sum/" + tensor.name(), sum, reduced));
        }
    }

    /** Adds a · b to the gradient of {@code tensor}; the product is added to the sum so far while it is computed. */
    void addProduct(Tensor tensor, Product product, Tensor a, Tensor b) {
        if (wants(tensor)) {
            @Nullable Tensor sum = sums.get(tensor);
            sums.put(tensor, operations.gemm(tensor.name(), product, a, b, sum));
        }
    }

    private Tensor reduced(Tensor gradient, Tensor like) {
        if (gradient.shape().equals(like.shape())) {
            return gradient;
        }
        int missing = gradient.rank() - like.rank();
        List<Long> axes = new ArrayList<>();
        for (int i = 0; i < gradient.rank(); i++) {
            if (i < missing || like.size(i - missing) != gradient.size(i)) {
                axes.add((long) i);
            }
        }
        Tensor sum = operations.sum("reduced/" + like.name(), gradient, axes, like.shape(), false);
        return operations.reshape("as/" + like.name(), sum, like.shape());
    }
}
