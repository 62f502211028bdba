package io.causalstreams.export.internal.quantization;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A fixed orthogonal matrix that spreads every channel over all others.
 *
 * <pre>
 *   R = (H ⊗ Q) · D      size n = 2ᵏ·m, m odd
 *   H  Hadamard matrix of size 2ᵏ, divided by √2ᵏ       k·n additions
 *   Q  a random orthogonal matrix of size m             n·m multiplications
 *   D  random signs
 * </pre>
 *
 * The same size always gives the same matrix.
 */
final class OrthogonalTransform {
    private static final long SEED = 0x5eed;
    /** Columns that are changed together: a line of the cache. */
    private static final int TILE = 16;

    private final int size;
    private final int power;
    private final int odd;
    private final float[] signs;
    private final double[] matrix;

    OrthogonalTransform(int size) {
        this.size = size;
        this.power = Integer.lowestOneBit(size);
        this.odd = size / power;
        Random random = new Random(SEED);
        this.signs = new float[size];
        for (int i = 0; i < size; i++) {
            signs[i] = random.nextBoolean() ? 1 : -1;
        }
        this.matrix = orthogonal(odd, random);
    }

    int size() {
        return size;
    }

    /** The largest magnitude of an element of R. */
    double largestElement() {
        return Arrays.stream(matrix).map(Math::abs).max().orElseThrow() / Math.sqrt(power);
    }

    /** x[offset + i] ← (R·x)[i] for the {@code size} elements from {@code offset} on. */
    void apply(float[] x, int offset) {
        for (int i = 0; i < size; i++) {
            x[offset + i] *= signs[i];
        }
        hadamard(x, offset);
        if (odd > 1) {
            multiply(x, offset);
        }
    }

    /** Every {@code size} consecutive elements r of a row ← R·r. */
    void applyToRows(float[] x, int offset, int count, int columns) {
        for (int at = offset; at < offset + count * columns; at += size) {
            apply(x, at);
        }
    }

    /** Every {@code size} consecutive elements of a column ← R·them, in a matrix of {@code columns} columns. */
    void applyToColumns(float[] matrix, int columns, Consumer<float[]> before) {
        int tiles = (columns + TILE - 1) / TILE;
        int groups = matrix.length / columns / size;
        IntStream.range(0, tiles).parallel().forEach(tile -> {
            int first = tile * TILE;
            int count = Math.min(TILE, columns - first);
            float[] vectors = new float[count * size];
            for (int group = 0; group < groups; group++) {
                int begin = group * size * columns + first;
                for (int i = 0; i < size; i++) {
                    for (int c = 0; c < count; c++) {
                        vectors[c * size + i] = matrix[begin + i * columns + c];
                    }
                }
                before.accept(vectors);
                applyToRows(vectors, 0, count, size);
                for (int i = 0; i < size; i++) {
                    for (int c = 0; c < count; c++) {
                        matrix[begin + i * columns + c] = vectors[c * size + i];
                    }
                }
            }
        });
    }

    /** Butterflies over the slower index; channels i·odd + j, i &lt; power, j &lt; odd. */
    private void hadamard(float[] x, int offset) {
        for (int half = 1; half < power; half *= 2) {
            for (int block = 0; block < power; block += 2 * half) {
                for (int i = offset + block * odd; i < offset + (block + half) * odd; i++) {
                    float a = x[i];
                    float b = x[i + half * odd];
                    x[i] = a + b;
                    x[i + half * odd] = a - b;
                }
            }
        }
        float norm = (float) (1 / Math.sqrt(power));
        for (int i = offset; i < offset + size; i++) {
            x[i] *= norm;
        }
    }

    private void multiply(float[] x, int offset) {
        float[] result = new float[odd];
        for (int start = offset; start < offset + size; start += odd) {
            for (int r = 0; r < odd; r++) {
                double sum = 0;
                for (int c = 0; c < odd; c++) {
                    sum += matrix[r * odd + c] * x[start + c];
                }
                result[r] = (float) sum;
            }
            System.arraycopy(result, 0, x, start, odd);
        }
    }

    /** Gram-Schmidt, twice for accuracy, on rows of normally distributed numbers. */
    private static double[] orthogonal(int n, Random random) {
        double[] q = new double[Math.multiplyExact(n, n)];
        for (int r = 0; r < n; r++) {
            for (int c = 0; c < n; c++) {
                q[r * n + c] = random.nextGaussian();
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int before = 0; before < r; before++) {
                    double projection = dot(q, r, before, n);
                    for (int c = 0; c < n; c++) {
                        q[r * n + c] -= projection * q[before * n + c];
                    }
                }
            }
            double length = Math.sqrt(dot(q, r, r, n));
            for (int c = 0; c < n; c++) {
                q[r * n + c] /= length;
            }
        }
        return q;
    }

    private static double dot(double[] q, int r, int s, int n) {
        double sum = 0;
        for (int c = 0; c < n; c++) {
            sum += q[r * n + c] * q[s * n + c];
        }
        return sum;
    }
}
