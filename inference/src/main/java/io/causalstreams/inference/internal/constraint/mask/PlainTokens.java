package io.causalstreams.inference.internal.constraint.mask;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The tokens of plain bytes alone: printable ASCII but for quotation mark and backslash, what stands for itself in a JSON
 * string. Memory: a mask for each of their lengths. Immutable.
 */
final class PlainTokens {

    /** The plain bytes. */
    static final int[] BYTES =
            IntStream.rangeClosed(' ', '~').filter(PlainTokens::isPlain).toArray();

    private final BitSet[] upTo;
    private final VocabularyTrie others;

    PlainTokens(BitSet[] upTo, VocabularyTrie others) {
        this.upTo = upTo;
        this.others = others;
    }

    static boolean isPlain(int value) {
        return value >= ' ' && value <= '~' && value != '"' && value != '\\';
    }

    static boolean isPlain(byte[] token) {
        for (byte value : token) {
            if (!isPlain(value & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of the longest. */
    int longest() {
        return upTo.length - 1;
    }

    /** Those of at most {@code length} bytes, a number up to {@link #longest}. Not to be changed. */
    BitSet upTo(int length) {
        return upTo[length];
    }

    /** The tokens that are not plain. */
    VocabularyTrie others() {
        return others;
    }
}
