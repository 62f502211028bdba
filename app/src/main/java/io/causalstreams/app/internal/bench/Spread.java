package io.causalstreams.app.internal.bench;

import java.util.Arrays;
import java.util.Locale;

/** The same measurement, several times. */
public record Spread(double min, double median, double max) {

    /** The spread of {@code values}, at least one, in any order. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }

    /** The smallest value that is not less than {@code fraction} of all, 0 &lt; fraction ≤ 1. */
    public static double quantile(double[] values, double fraction) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(fraction * sorted.length) - 1)];
    }

    /** {@code median (min–max)}, rounded to whole numbers after multiplying by {@code factor}. */
    String text(double factor) {
        return text("%.0f (%.0f–%.0f)", factor);
    }

    /** {@code median (min–max)} with two decimals. */
    String decimals() {
        return text("%.2f (%.2f–%.2f)", 1);
    }

    private String text(String format, double factor) {
        return Double.isNaN(median)
                ? "-"
                : String.format(Locale.ROOT, format, median * factor, min * factor, max * factor);
    }
}
