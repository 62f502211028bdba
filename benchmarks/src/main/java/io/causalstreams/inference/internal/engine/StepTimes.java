package io.causalstreams.inference.internal.engine;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How long passes take, as measured: a decode step by its rows, in a line between two measured numbers of them, and a prompt by its
 * tokens.
 *
 * <p>What attention over a longer context takes is not in it.
 */
final class StepTimes {
    private final NavigableMap<Integer, Double> decodeMillis = new TreeMap<>();
    private final double prefillNanos;

    /**
     * Times of one model on one machine.
     *
     * @param decode such as {@code 1=5.5,32=8.5}: rows, and milliseconds of a step of as many
     * @param prefill prompt tokens a second
     */
    StepTimes(String decode, double prefill) {
        for (String point : decode.split(",", -1)) {
            int equals = point.indexOf('=');
            decodeMillis.put(Integer.valueOf(point.substring(0, equals)), Double.valueOf(point.substring(equals + 1)));
        }
        this.prefillNanos = 1e9 / prefill;
    }

    /** The most rows that were measured. */
    int slots() {
        return decodeMillis.lastKey();
    }

    long decodeNanos(int rows) {
        Map.Entry<Integer, Double> below = decodeMillis.floorEntry(rows);
        Map.Entry<Integer, Double> above = decodeMillis.ceilingEntry(rows);
        if (below == null || above == null) {
            throw new IllegalArgumentException("no step of " + rows + " rows lies between measured ones");
        }
        double share = below.equals(above) ? 0 : (double) (rows - below.getKey()) / (above.getKey() - below.getKey());
        return (long) (1e6 * (below.getValue() + share * (above.getValue() - below.getValue())));
    }

    long prefillNanos(int tokens) {
        return (long) (tokens * prefillNanos);
    }
}
