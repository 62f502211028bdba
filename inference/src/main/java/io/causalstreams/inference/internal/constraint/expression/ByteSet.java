package io.causalstreams.inference.internal.constraint.expression;

/** A set of bytes: bit {@code b & 63} of word {@code b >> 6} stands for byte {@code b} in 0..255. Immutable. */
public record ByteSet(long word0, long word1, long word2, long word3) {

    public static final ByteSet NONE = new ByteSet(0, 0, 0, 0);
    public static final ByteSet ALL = new ByteSet(-1, -1, -1, -1);

    public static ByteSet of(int value) {
        return range(value, value);
    }

    /** All bytes from {@code low} to {@code high}, both included. */
    public static ByteSet range(int low, int high) {
        long[] words = new long[4];
        for (int value = low; value <= high; value++) {
            words[value >> 6] |= 1L << (value & 63);
        }
        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    public boolean contains(int value) {
        long word = switch (value >> 6) {
            case 0 -> word0;
            case 1 -> word1;
            case 2 -> word2;
            default -> word3;
        };
        return (word >>> (value & 63) & 1) != 0;
    }

    public boolean isEmpty() {
        return (word0 | word1 | word2 | word3) == 0;
    }

    public ByteSet or(ByteSet other) {
        return new ByteSet(word0 | other.word0, word1 | other.word1, word2 | other.word2, word3 | other.word3);
    }

    public ByteSet and(ByteSet other) {
        return new ByteSet(word0 & other.word0, word1 & other.word1, word2 & other.word2, word3 & other.word3);
    }

    public ByteSet not() {
        return new ByteSet(~word0, ~word1, ~word2, ~word3);
    }
}
