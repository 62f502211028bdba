package io.causalstreams.tuning.internal.differentiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.tuning.internal.differentiation.Operations.Product;
import io.causalstreams.tuning.internal.onnx.MemoryPool;
import io.causalstreams.tuning.internal.onnx.NativeTensor;
import io.causalstreams.tuning.internal.onnx.Program;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients are what differences say: (f(x + h) - f(x - h)) / 2h, for every element of every input. */
class GradientRulesTest {
    private static final float STEP = 1e-2f;
    private static final long SEED = Long.getLong("test.seed", 11);

    /** An expression over inputs of given shapes. */
    record Case(String name, List<long[]> shapes, Function<Expression, Tensor> draw) {
        static Case of(String name, Function<Expression, Tensor> draw, long[]... shapes) {
            return new Case(name, List.of(shapes), draw);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    record Expression(Operations ops, List<Tensor> in, Map<Tensor, NativeTensor> fixed) {
        Tensor x() {
            return in.get(0);
        }

        Tensor y() {
            return in.get(1);
        }

        Tensor whole(String name, long... elements) {
            Tensor tensor = ops.input(name, ElementType.INT64, elements.length);
            fixed.put(tensor, NativeTensor.of(elements, elements.length));
            return tensor;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                Case.of("add", e -> e.ops().add("f", e.x(), e.y()), shape(2, 3), shape(2, 3)),
                Case.of("add of a vector", e -> e.ops().add("f", e.x(), e.y()), shape(2, 3), shape(3)),
                Case.of("mul of a column", e -> e.ops().mul("f", e.x(), e.y()), shape(2, 3), shape(2, 1)),
                Case.of("used twice", e -> e.ops().mul("f", e.x(), e.ops().add("g", e.x(), e.x())), shape(2, 2)),
                Case.of("gemm", e -> e.ops().gemm("f", Product.PLAIN, e.x(), e.y(), null), shape(2, 3), shape(3, 4)),
                Case.of("gemm, b by rows", e -> gemm(e, false, true), shape(2, 3), shape(4, 3), shape(2, 4)),
                Case.of("gemm, a by rows", e -> gemm(e, true, false), shape(3, 2), shape(3, 4), shape(4)),
                Case.of("gemm, both by rows", e -> gemm(e, true, true), shape(3, 2), shape(4, 3), shape(1, 4)),
                Case.of("matmul", e -> e.ops().matMul("f", e.x(), e.y()), shape(2, 3, 4), shape(2, 4, 2)),
                Case.of("transpose", e -> e.ops().transpose("f", e.x(), 2, 0, 1), shape(2, 3, 4)),
                Case.of("reshape", e -> e.ops().rows("f", e.x(), 4), shape(2, 3, 4)),
                Case.of("gather", e -> e.ops().gatherRows("f", e.x(), e.whole("rows", 2, 0, 2)), shape(3, 2)),
                Case.of("softmax", e -> e.ops().softmax("f", e.x()), shape(2, 5)),
                Case.of("rms norm", e -> e.ops().rmsNorm("f", e.x(), constant(e, 6), 1e-5), shape(3, 6)),
                Case.of("layer norm", e -> e.ops().layerNorm("f", e.x(), constant(e, 6), null, 1e-5), shape(3, 6)),
                Case.of("silu", e -> e.ops().silu("f", e.x()), shape(3, 4)),
                Case.of("quick gelu", e -> e.ops().quickGelu("f", e.x(), 1.702f), shape(3, 4)),
                Case.of("gelu", e -> e.ops().gelu("f", e.x(), false), shape(3, 4)),
                Case.of("gelu with tanh", e -> e.ops().gelu("f", e.x(), true), shape(3, 4)),
                Case.of("relu", e -> e.ops().relu("f", e.x()), shape(3, 4)),
                Case.of("soft cap", e -> e.ops().softCapped("f", e.x(), 1.5), shape(3, 4)),
                Case.of("rotary", e -> rotary(e, 4), shape(2, 3, 2, 8)),
                Case.of("rotary of a part", e -> rotary(e, 2), shape(2, 3, 2, 8)),
                Case.of("cross-entropy", e -> e.ops().crossEntropy("f", e.x(), e.whole("labels", 1, 3)), shape(2, 5)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldBeWhatDifferencesSay(Case each) {
        // Given
        Computation forward = new Computation();
        Expression expression = new Expression(new Operations(forward, ""), new ArrayList<>(), new LinkedHashMap<>());
        Random random = new Random(SEED);
        Map<Tensor, float[]> values = new LinkedHashMap<>();
        for (long[] shape : each.shapes()) {
            Tensor input = expression.ops().input("in" + values.size(), ElementType.FLOAT, shape);
            expression.in().add(input);
            values.put(input, random(random, input.elements()));
        }
        // Without the last product the gradient of a sum would be the seed, which no node computes.
        Tensor output = expression.ops().scaled("output", each.draw().apply(expression), 0.75);
        Tensor seed = new Tensor("seed", ElementType.FLOAT, output.shape());
        Gradients gradients = Gradients.of(forward, output, seed, expression.in());
        List<Tensor> results =
                expression.in().stream().map(gradients::of).distinct().toList();
        float[] weights = random(random, output.elements());
        Map<Tensor, float[]> all = new LinkedHashMap<>(values);
        all.put(seed, weights);
        try (Program function = Program.load(forward, List.of(output), 1, new MemoryPool());
                Program derivative =
                        Program.load(forward.followedBy(gradients.backward()), results, 1, new MemoryPool())) {
            // When
            Map<Tensor, float[]> derived = run(derivative, expression, all);

            // Then
            for (Tensor input : expression.in()) {
                float[] gradient = of(derived, gradients.of(input));
                float[] x = of(values, input);
                for (int i = 0; i < x.length; i++) {
                    float at = x[i];
                    x[i] = at + STEP;
                    double above = dot(of(run(function, expression, all), output), weights);
                    x[i] = at - STEP;
                    double below = dot(of(run(function, expression, all), output), weights);
                    x[i] = at;
                    assertThat((double) gradient[i])
                            .as("%s[%d], seed %d", input, i, SEED)
                            .isCloseTo((above - below) / (2 * STEP), within(5e-3));
                }
            }
        }
    }

    private static Tensor gemm(Expression e, boolean transA, boolean transB) {
        return e.ops().gemm("f", new Product(0.5f, transA, transB), e.x(), e.y(), e.in().get(2));
    }

    private static Tensor rotary(Expression e, int pairs) {
        Tensor positions = e.ops().input("positions", ElementType.INT64, 2, 2);
        e.fixed().put(positions, NativeTensor.of(new long[] {0, 1, 2, 1}, 2, 2));
        return e.ops().rotary("f", e.x(), positions, table(e, "cos", pairs), table(e, "sin", pairs));
    }

    private static Tensor table(Expression e, String name, int pairs) {
        Tensor table = e.ops().input(name, ElementType.FLOAT, 3, pairs);
        e.fixed().put(table, tensor(table, random(new Random(name.hashCode()), table.elements())));
        return table;
    }

    private static Tensor constant(Expression e, int size) {
        Tensor weight = e.ops().input("weight", ElementType.FLOAT, size);
        e.fixed().put(weight, tensor(weight, random(new Random(5), size)));
        return weight;
    }

    private static Map<Tensor, float[]> run(Program program, Expression expression, Map<Tensor, float[]> values) {
        Map<Tensor, NativeTensor> given = new LinkedHashMap<>(expression.fixed());
        values.forEach((tensor, elements) -> given.put(tensor, tensor(tensor, elements)));
        Map<Tensor, float[]> results = new LinkedHashMap<>();
        program.run(given).forEach((tensor, value) -> results.put(tensor, value.floats()));
        return results;
    }

    private static NativeTensor tensor(Tensor like, float[] elements) {
        FloatBuffer memory = NativeTensor.memory(elements.length);
        memory.put(0, elements);
        return NativeTensor.over(
                memory, like.shape().stream().mapToLong(Long::longValue).toArray());
    }

    private static float[] random(Random random, long size) {
        float[] values = new float[(int) size];
        for (int i = 0; i < values.length; i++) {
            // Not so near to zero that a step crosses the edge of ReLU.
            float sign = random.nextBoolean() ? 1 : -1;
            values[i] = sign * (0.1f + random.nextFloat());
        }
        return values;
    }

    private static float[] of(Map<Tensor, float[]> values, Tensor tensor) {
        return Objects.requireNonNull(values.get(tensor));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static long[] shape(long... sizes) {
        return Arrays.copyOf(sizes, sizes.length);
    }
}
