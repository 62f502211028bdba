package io.causalstreams.inference.internal.constraint.expression;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Distinct byte strings in unsigned lexicographic order, at least one. Immutable. */
public final class LiteralSet {

    private final byte[][] strings;

    public LiteralSet(Collection<byte[]> strings) {
        byte[][] sorted = strings.toArray(byte[][]::new);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        int count = 0;
        for (byte[] string : sorted) {
            if (count == 0 || !Arrays.equals(sorted[count - 1], string)) {
                sorted[count++] = string;
            }
        }
        this.strings = Arrays.copyOf(sorted, count);
    }

    public int size() {
        return strings.length;
    }

    public int lengthOf(int index) {
        return strings[index].length;
    }

    public List<byte[]> strings() {
        return List.of(strings);
    }

    /**
     * The first index in {@code from..to} whose string, longer than {@code depth}, has at least {@code value} there;
     * strings {@code from..to} share their first {@code depth} bytes. {@code to} when there is none.
     */
    public int firstAtLeast(int from, int to, int depth, int value) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            byte[] string = strings[middle];
            if (string.length <= depth || (string[depth] & 0xFF) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The bytes that strings {@code from..to} have at {@code depth}. */
    public ByteSet bytesAt(int from, int to, int depth) {
        ByteSet bytes = ByteSet.NONE;
        for (int i = firstAtLeast(from, to, depth, 0); i < to; ) {
            int value = strings[i][depth] & 0xFF;
            bytes = bytes.or(ByteSet.of(value));
            i = firstAtLeast(i, to, depth, value + 1);
        }
        return bytes;
    }
}
