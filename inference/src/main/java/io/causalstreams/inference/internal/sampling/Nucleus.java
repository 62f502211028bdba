package io.causalstreams.inference.internal.sampling;

/**
 * The edge of the smallest set of largest weights that sums to at least a target.
 *
 * <p>Quickselect by sum instead of by count (Hoare's FIND): partition around a pivot, then go on only in the part that
 * holds the edge. Expected cost is linear; a sort would be n log n.
 *
 * @param edge the smallest weight in the set; everything larger is in it
 * @param ties how many of the weights equal to {@code edge} are in it, at least 1
 */
record Nucleus(double edge, int ties) {

    /** Reorders {@code weights[0..size)}; size ≥ 0. When rounding keeps the sum below {@code target}, all are in the set. */
    static Nucleus of(double[] weights, int size, double target) {
        int low = 0;
        int high = size;
        double above = 0;
        while (low < high) {
            double pivot = median(weights[low], weights[(low + high) >>> 1], weights[high - 1]);
            // [low, equal) > pivot, [equal, next) = pivot, [smaller, high) < pivot
            int equal = low;
            int next = low;
            int smaller = high;
            double larger = 0;
            while (next < smaller) {
                double weight = weights[next];
                if (weight > pivot) {
                    larger += weight;
                    swap(weights, equal++, next++);
                } else if (weight < pivot) {
                    swap(weights, next, --smaller);
                } else {
                    next++;
                }
            }
            if (above + larger >= target) {
                high = equal;
                continue;
            }
            above += larger;
            int ties = smaller - equal;
            if (above + pivot * ties >= target) {
                return new Nucleus(pivot, Math.max(1, (int) Math.ceil((target - above) / pivot)));
            }
            above += pivot * ties;
            low = smaller;
        }
        return new Nucleus(0, Integer.MAX_VALUE);
    }

    private static double median(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private static void swap(double[] values, int i, int j) {
        double value = values[i];
        values[i] = values[j];
        values[j] = value;
    }
}
