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
    /** Products that are computed together; a power of two. */
    private static final int PRODUCTS = 128;

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
        int step = odd;
        if (Integer.numberOfTrailingZeros(power) % 2 == 1) {
            for (int block = offset; block < offset + size; block += 2 * step) {
                butterflies(x, block, step);
            }
            step *= 2;
        }
        for (; step < size; step *= 4) {
            for (int block = offset; block < offset + size; block += 4 * step) {
                doubleButterflies(x, block, step);
            }
        }
        float norm = (float) (1 / Math.sqrt(power));
        for (int i = offset; i < offset + size; i++) {
            x[i] *= norm;
        }
    }

    private static void butterflies(float[] x, int begin, int step) {
        for (int i = begin; i < begin + step; i++) {
            float a = x[i];
            float b = x[i + step];
            x[i] = a + b;
            x[i + step] = a - b;
        }
    }

    /** Butterflies of {@code step} and then of twice the step, with half the reading and writing. */
    private static void doubleButterflies(float[] x, int begin, int step) {
        for (int i = begin; i < begin + step; i++) {
            float a = x[i];
            float b = x[i + step];
            float c = x[i + 2 * step];
            float d = x[i + 3 * step];
            x[i] = (a + b) + (c + d);
            x[i + step] = (a - b) + (c - d);
            x[i + 2 * step] = (a + b) - (c + d);
            x[i + 3 * step] = (a - b) - (c - d);
        }
    }

    /** Some products with {@link #matrix} at once, in loops over them that become vector instructions. */
    private void multiply(float[] x, int offset) {
        int lanes = Math.min(power, PRODUCTS);
        double[][] vectors = new double[odd][lanes];
        double[] sums = new double[lanes];
        for (int start = offset; start < offset + size; start += lanes * odd) {
            for (int lane = 0; lane < lanes; lane++) {
                for (int c = 0; c < odd; c++) {
                    vectors[c][lane] = x[start + lane * odd + c];
                }
            }
            for (int r = 0; r < odd; r++) {
                Arrays.fill(sums, 0);
                for (int c = 0; c < odd; c++) {
                    addProduct(sums, matrix[r * odd + c], vectors[c]);
                }
                for (int lane = 0; lane < lanes; lane++) {
                    x[start + lane * odd + r] = (float) sums[lane];
                }
            }
        }
    }

    private static void addProduct(double[] sums, double factor, double[] vector) {
        for (int lane = 0; lane < sums.length; lane++) {
            sums[lane] += factor * vector[lane];
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
