package io.causalstreams.inference.internal.constraint.expression;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * Distinct byte strings in unsigned lexicographic order, at least one, each with the lengths at which it may end; its own is the
 * last of them. So it holds the strings of a list, and all runs of {@link Words}, of which only the longest from each word is
 * there, as a place in the text. Immutable.
 */
public final class LiteralSet {

    /** Bytes that are compared one by one; where more are the same, a text repeats itself. */
    private static final int LOOKED_AT = 256;

    private final byte[] bytes;
    private final Entry[] entries;

    /**
     * The bytes from {@code start}.
     *
     * @param ends has {@code origin + n} if the string may end after n bytes; an end before its first byte is another's
     */
    record Entry(int start, int length, BitSet ends, int origin) {

        boolean mayEndAt(int depth) {
            return ends.get(origin + depth) && (depth > 0 || length == 0);
        }

        /** The lengths at which it may end. */
        BitSet lengths() {
            BitSet lengths = ends.get(origin, origin + length + 1);
            if (length > 0) {
                lengths.clear(0);
            }
            return lengths;
        }

        /** Ends where this or the other does, which has the same bytes. */
        Entry or(Entry other) {
            BitSet lengths = lengths();
            BitSet others = other.lengths();
            if (lengths.equals(others)) {
                return this;
            }
            lengths.or(others);
            return new Entry(start, length, lengths, 0);
        }
    }

    /**
     * Sorted here.
     *
     * @param entries at least one; of those with the same bytes one is made
     * @param alike how many bytes are the same from two of their starts on; there may be more
     */
    LiteralSet(byte[] bytes, Collection<Entry> entries, IntBinaryOperator alike) {
        this.bytes = bytes;
        Comparator<Entry> order = (a, b) -> compare(a, b, alike);
        Entry[] sorted = entries.toArray(Entry[]::new);
        Arrays.sort(sorted, order);
        int count = 0;
        for (Entry entry : sorted) {
            if (count == 0 || order.compare(sorted[count - 1], entry) != 0) {
                sorted[count++] = entry;
            } else {
                sorted[count - 1] = sorted[count - 1].or(entry);
            }
        }
        this.entries = Arrays.copyOf(sorted, count);
    }

    private int compare(Entry a, Entry b, IntBinaryOperator alike) {
        int shorter = Math.min(a.length, b.length);
        boolean repeats = shorter > LOOKED_AT
                && Arrays.equals(bytes, a.start, a.start + LOOKED_AT, bytes, b.start, b.start + LOOKED_AT);
        int from = repeats ? Math.min(shorter, alike.applyAsInt(a.start, b.start)) : 0;
        return Arrays.compareUnsigned(
                bytes, a.start + from, a.start + a.length, bytes, b.start + from, b.start + b.length);
    }

    /** These strings, which end at their ends only. */
    static LiteralSet of(Collection<byte[]> strings) {
        byte[] bytes =
                new byte[strings.stream().mapToInt(string -> string.length).sum()];
        BitSet ends = new BitSet(bytes.length + 1);
        Entry[] entries = new Entry[strings.size()];
        int start = 0;
        int count = 0;
        for (byte[] string : strings) {
            System.arraycopy(string, 0, bytes, start, string.length);
            ends.set(start + string.length);
            entries[count++] = new Entry(start, string.length, ends, start);
            start += string.length;
        }
        return new LiteralSet(bytes, List.of(entries), (one, other) -> 0);
    }

    public int size() {
        return entries.length;
    }

    public int lengthOf(int index) {
        return entries[index].length;
    }

    /** Whether one of strings {@code from..to}, which share their first {@code depth} bytes, may end behind these. */
    boolean mayEnd(int from, int to, int depth) {
        for (int i = from; i < to; i++) {
            if (entries[i].mayEndAt(depth)) {
                return true;
            }
        }
        return false;
    }

    private int byteAt(int index, int depth) {
        return bytes[entries[index].start + depth] & 0xFF;
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
            if (lengthOf(middle) <= depth || byteAt(middle, depth) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The bytes that strings {@code from..to} have at {@code depth}. */
    public ByteSet bytesAt(int from, int to, int depth) {
        ByteSet found = ByteSet.NONE;
        for (int i = firstAtLeast(from, to, depth, 0); i < to; ) {
            int value = byteAt(i, depth);
            found = found.or(ByteSet.of(value));
            i = firstAtLeast(i, to, depth, value + 1);
        }
        return found;
    }

    /** All bytes of the strings. */
    BitSet bytesUsed() {
        int[] endOfThatFrom = new int[bytes.length + 1];
        for (Entry entry : entries) {
            endOfThatFrom[entry.start] = Math.max(endOfThatFrom[entry.start], entry.start + entry.length);
        }
        BitSet used = new BitSet(256);
        int end = 0;
        for (int i = 0; i < bytes.length; i++) { // strings overlap: each byte is looked at once
            end = Math.max(end, endOfThatFrom[i]);
            if (i < end) {
                used.set(bytes[i] & 0xFF);
            }
        }
        return used;
    }
}
