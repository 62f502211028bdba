package io.causalstreams.benchmarks.maskbench;

import java.util.Arrays;

/** Times in nanoseconds. */
final class Times {

    private long[] values = new long[1 << 16];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = nanos;
    }

    int size() {
        return size;
    }

    /** Mean, median, 90th, 99th, 99.9th percentile and greatest in microseconds, as columns of a table. */
    String columns() {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        StringBuilder columns = new StringBuilder();
        columns.append(cell(Arrays.stream(sorted).average().orElse(0)));
        for (double quantile : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
            columns.append(" | ")
                    .append(cell(size == 0 ? 0.0 : (double) sorted[Math.min(size - 1, (int) (quantile * size))]));
        }
        return columns.toString();
    }

    private static String cell(double nanos) {
        double micros = nanos / 1000;
        return micros < 10 ? String.format("%.1f", micros) : String.format("%,.0f", micros);
    }
}
