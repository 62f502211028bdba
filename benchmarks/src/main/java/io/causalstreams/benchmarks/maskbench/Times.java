package io.causalstreams.benchmarks.maskbench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** Times in nanoseconds. */
final class Times {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** {@code -Dcpu=true} takes the time of this thread's processor instead, for a machine that others use too. */
    private static final boolean CPU = Boolean.getBoolean("cpu");

    private long[] values = new long[64];
    private int size;

    static long now() {
        return CPU ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = nanos;
    }

    void addAll(Times others) {
        for (int i = 0; i < others.size; i++) {
            add(others.values[i]);
        }
    }

    /** The greatest; 0 if there is none. */
    long max() {
        return Arrays.stream(values, 0, size).max().orElse(0);
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
