package io.causalstreams.export.internal.weight;

import java.util.Arrays;

/** Where each channel of a new layout comes from: a channel of the old one, or nowhere (zeros). */
public final class ChannelOrder {
    /** A new channel that holds zeros. */
    public static final int ZERO = -1;

    private final int[] sources;
    private final int sourceSize;

    private ChannelOrder(int[] sources, int sourceSize) {
        this.sources = sources;
        this.sourceSize = sourceSize;
    }

    /** New channel i comes from {@code sources[i]} of {@code sourceSize} old ones. */
    public static ChannelOrder of(int sourceSize, int... sources) {
        for (int source : sources) {
            if (source < ZERO || source >= sourceSize) {
                throw new IllegalArgumentException("channel " + source + " of " + sourceSize);
            }
        }
        return new ChannelOrder(sources.clone(), sourceSize);
    }

    /** {@code count} consecutive channels from {@code first} on. */
    public static ChannelOrder range(int sourceSize, int first, int count) {
        int[] sources = new int[count];
        Arrays.setAll(sources, i -> first + i);
        return of(sourceSize, sources);
    }

    /** The old channels followed by zeros, {@code size} in all. */
    public static ChannelOrder padded(int sourceSize, int size) {
        int[] sources = new int[size];
        Arrays.setAll(sources, i -> i < sourceSize ? i : ZERO);
        return of(sourceSize, sources);
    }

    /** This order in each of {@code groups} consecutive groups of channels, such as heads. */
    public ChannelOrder repeated(int groups) {
        int[] all = new int[groups * sources.length];
        Arrays.setAll(all, i -> {
            int source = sources[i % sources.length];
            return source == ZERO ? ZERO : i / sources.length * sourceSize + source;
        });
        return of(groups * sourceSize, all);
    }

    public int size() {
        return sources.length;
    }

    public int get(int index) {
        return sources[index];
    }

    boolean isIdentity() {
        for (int i = 0; i < sources.length; i++) {
            if (sources[i] != i) {
                return false;
            }
        }
        return sources.length == sourceSize;
    }

    void requireSource(int size, Weight weight) {
        if (size != sourceSize) {
            throw new IllegalArgumentException("%s (%d by %d): an order of %d channels does not fit"
                    .formatted(weight.name(), weight.rows(), weight.columns(), sourceSize));
        }
    }

    float[] rows(float[] matrix, int columns) {
        float[] result = new float[Math.multiplyExact(sources.length, columns)];
        for (int r = 0; r < sources.length; r++) {
            if (sources[r] != ZERO) {
                System.arraycopy(matrix, sources[r] * columns, result, r * columns, columns);
            }
        }
        return result;
    }

    float[] columns(float[] matrix, int columns) {
        int rows = matrix.length / columns;
        float[] result = new float[Math.multiplyExact(rows, sources.length)];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < sources.length; c++) {
                if (sources[c] != ZERO) {
                    result[r * sources.length + c] = matrix[r * columns + sources[c]];
                }
            }
        }
        return result;
    }
}
