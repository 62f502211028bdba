package io.causalstreams.export.internal.adapter;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import java.util.Arrays;
import java.util.Set;

/**
 * Weights with an adapter added, row by row when they are read:
 *
 * <pre>
 *   W[o] + scale · Σᵣ B[o, r] · A[r]          and where W is stored as (inputs, outputs), the same transposed
 * </pre>
 */
final class AdaptedWeights implements WeightSource {
    private static final String WEIGHT = ".weight";

    private final WeightSource base;
    private final PeftAdapter adapter;
    private final Set<String> modules;

    /** @throws CheckpointException if a module of the adapter is not in the base, or has another shape there */
    AdaptedWeights(WeightSource base, PeftAdapter adapter) {
        this.base = base;
        this.adapter = adapter;
        this.modules = adapter.modules();
        check(base, adapter);
    }

    /** @throws CheckpointException if a module of the adapter is not in the base, or has another shape there */
    static void check(WeightSource base, PeftAdapter adapter) {
        for (String module : adapter.modules()) {
            if (!base.has(module + WEIGHT)) {
                throw new CheckpointException("the adapter changes " + module
                        + ", which the checkpoint does not have; it belongs to another model");
            }
            long[] shape = base.shape(module + WEIGHT);
            long outputs = adapter.b(module).shape().get(0);
            long inputs = adapter.a(module).shape().get(1);
            long[] wanted = adapter.isTransposed() ? new long[] {inputs, outputs} : new long[] {outputs, inputs};
            if (!Arrays.equals(shape, wanted)) {
                throw new CheckpointException("the adapter changes %s of shape %s, which has %s in the checkpoint"
                        .formatted(module, Arrays.toString(wanted), Arrays.toString(shape)));
            }
        }
    }

    @Override
    public Set<String> names() {
        return base.names();
    }

    @Override
    public boolean has(String name) {
        return base.has(name);
    }

    @Override
    public long[] shape(String name) {
        return base.shape(name);
    }

    @Override
    public float[] read(String name) {
        float[] all = base.read(name);
        if (isAdapted(name)) {
            delta(name).add(0, all.length, all, 0);
        }
        return all;
    }

    @Override
    public ElementReader open(String name) {
        ElementReader reader = base.open(name);
        if (!isAdapted(name)) {
            return reader;
        }
        Delta delta = delta(name);
        return (first, count, target, offset) -> {
            reader.read(first, count, target, offset);
            delta.add(first, count, target, offset);
        };
    }

    private boolean isAdapted(String name) {
        return name.endsWith(WEIGHT) && modules.contains(name.substring(0, name.length() - WEIGHT.length()));
    }

    private Delta delta(String name) {
        String module = name.substring(0, name.length() - WEIGHT.length());
        float[] a = adapter.a(module).read();
        float[] b = adapter.b(module).read();
        int rank = adapter.config().rank();
        int outputs = b.length / rank;
        int inputs = a.length / rank;
        float scale = (float) adapter.config().scale();
        return adapter.isTransposed()
                ? new Delta(transposed(a, rank, inputs), transposed(b, outputs, rank), outputs, rank, scale)
                : new Delta(b, a, inputs, rank, scale);
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[c * rows + r] = matrix[r * columns + c];
            }
        }
        return result;
    }

    /** scale · left · right; left (rows, rank), right (rank, columns). Threading: any number of threads at once. */
    private static final class Delta {
        private final float[] left;
        private final float[] right;
        private final int columns;
        private final int rank;
        private final float scale;

        Delta(float[] left, float[] right, int columns, int rank, float scale) {
            this.left = left;
            this.right = right;
            this.columns = columns;
            this.rank = rank;
            this.scale = scale;
        }

        /** Adds whole rows to {@code target}. */
        void add(long first, int count, float[] target, int offset) {
            int firstRow = (int) (first / columns);
            for (int row = 0; row < count / columns; row++) {
                int at = offset + row * columns;
                for (int r = 0; r < rank; r++) {
                    float factor = scale * left[(firstRow + row) * rank + r];
                    for (int c = 0; c < columns; c++) {
                        target[at + c] += factor * right[r * columns + c];
                    }
                }
            }
        }
    }
}
