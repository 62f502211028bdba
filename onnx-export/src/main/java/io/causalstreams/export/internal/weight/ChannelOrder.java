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

    /** What {@code next} makes of the channels in this order. */
    ChannelOrder then(ChannelOrder next) {
        int[] sources = new int[next.size()];
        Arrays.setAll(sources, i -> next.get(i) == ZERO ? ZERO : get(next.get(i)));
        return of(sourceSize, sources);
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

    /** Old channels. */
    public int sourceSize() {
        return sourceSize;
    }

    /** Reads rows in this order. */
    RowReader rows(RowReader source, int columns) {
        return (first, count, target, offset) -> {
            int row = first;
            while (row < first + count) {
                int run = run(row, first + count);
                int at = offset + (row - first) * columns;
                if (sources[row] == ZERO) {
                    Arrays.fill(target, at, at + run * columns, 0);
                } else {
                    source.read(sources[row], run, target, at);
                }
                row += run;
            }
        };
    }

    /** How many channels from {@code first} on, before {@code end}, are neighbours in the old layout too, or zeros. */
    private int run(int first, int end) {
        int next = first + 1;
        while (next < end
                && (sources[first] == ZERO ? sources[next] == ZERO : sources[next] == sources[first] + next - first)) {
            next++;
        }
        return next - first;
    }

    /** Reads rows of {@code columns} channels and puts those into this order. */
    RowReader columns(RowReader source, int columns) {
        return (first, count, target, offset) -> {
            float[] rows = source.read(first, count, columns);
            for (int r = 0; r < count; r++) {
                for (int c = 0; c < sources.length; c++) {
                    target[offset + r * sources.length + c] = sources[c] == ZERO ? 0 : rows[r * columns + sources[c]];
                }
            }
        };
    }
}
