package io.causalstreams.inference.internal.constraint.mask;

import io.causalstreams.inference.internal.constraint.expression.ByteSet;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The byte strings of all tokens as a trie, so that tokens with a common beginning are looked at once.
 *
 * <p>Nodes are numbered in preorder: node 0 is the root, the subtree of {@code n} is {@code n} to {@code end(n)} (excluded).
 * Special tokens and tokens without bytes are not in it. Immutable.
 */
public final class VocabularyTrie {

    public static final int ROOT = 0;

    private static final int NONE = -1;

    private final int vocabularySize;
    private final byte[][] bytesOf;
    private final byte[] labels;
    private final int[] ends;
    private final short[] depths;

    /** One token that ends at the node, or NONE; the others by {@link #sameBytes}. */
    private final int[] tokens;

    /** Another token of the same bytes, by token, or NONE. */
    private final int[] sameBytes;

    private final int height;
    private final ByteSet singleBytes;

    private final @Nullable PlainTokens plain;
    private final int @Nullable [] nodesOfWhole;

    public VocabularyTrie(Vocabulary vocabulary) {
        this(bytesOf(vocabulary), token -> true, null);
    }

    /** @param whole the trie of all tokens if this holds some of them */
    private VocabularyTrie(byte[][] bytesOf, IntPredicate tokensIn, @Nullable VocabularyTrie whole) {
        this.vocabularySize = bytesOf.length;
        this.bytesOf = bytesOf;
        int[] sorted = IntStream.range(0, vocabularySize)
                .filter(token -> bytesOf[token].length > 0 && tokensIn.test(token))
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(bytesOf[a], bytesOf[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int nodes = 1;
        byte[] previous = new byte[0];
        for (int token : sorted) {
            nodes += bytesOf[token].length - commonPrefix(previous, bytesOf[token]);
            previous = bytesOf[token];
        }
        labels = new byte[nodes];
        ends = new int[nodes];
        depths = new short[nodes];
        tokens = new int[nodes];
        sameBytes = new int[vocabularySize];
        Arrays.fill(tokens, NONE);
        Arrays.fill(sameBytes, NONE);
        height = fill(sorted);
        ByteSet single = ByteSet.NONE;
        for (int token : sorted) {
            single = bytesOf[token].length == 1 ? single.or(ByteSet.of(bytesOf[token][0] & 0xFF)) : single;
        }
        singleBytes = single;
        plain = whole == null ? plainOf(bytesOf) : null;
        nodesOfWhole = whole == null ? null : nodesIn(whole);
    }

    private static byte[][] bytesOf(Vocabulary vocabulary) {
        byte[][] bytesOf = new byte[vocabulary.size()][];
        for (int token = 0; token < bytesOf.length; token++) {
            bytesOf[token] = vocabulary.isSpecial(token) ? new byte[0] : vocabulary.bytesOf(token);
        }
        return bytesOf;
    }

    private PlainTokens plainOf(byte[][] bytesOf) {
        BitSet plain = new BitSet(bytesOf.length);
        int longest = 0;
        for (int token = 0; token < bytesOf.length; token++) {
            if (bytesOf[token].length > 0 && PlainTokens.isPlain(bytesOf[token])) {
                plain.set(token);
                longest = Math.max(longest, bytesOf[token].length);
            }
        }
        BitSet[] upTo = new BitSet[longest + 1];
        for (int length = 0; length <= longest; length++) {
            int most = length;
            upTo[length] = new BitSet(bytesOf.length);
            plain.stream().filter(token -> bytesOf[token].length <= most).forEach(upTo[length]::set);
        }
        return new PlainTokens(upTo, new VocabularyTrie(bytesOf, token -> !plain.get(token), this));
    }

    /** The nodes of the same bytes in a trie that holds these tokens too. */
    private int[] nodesIn(VocabularyTrie whole) {
        int[] nodes = new int[labels.length];
        int[] path = new int[height + 1];
        int at = ROOT;
        for (int node = ROOT + 1; node < nodes.length; node++) {
            int before = path[depths[node] - 1];
            at = Math.max(at, before) + 1;
            while (whole.depths[at] != depths[node] || whole.labels[at] != labels[node]) {
                at = whole.depths[at] == depths[node] ? whole.ends[at] : at + 1;
            }
            path[depths[node]] = at;
            nodes[node] = at;
        }
        return nodes;
    }

    private int fill(int[] sorted) {
        int maxLength =
                Arrays.stream(sorted).map(token -> bytesOf[token].length).max().orElse(0);
        if (maxLength > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a token has " + maxLength + " bytes");
        }
        int[] path = new int[maxLength + 1];
        int depth = 0;
        int count = 1;
        byte[] previous = new byte[0];
        for (int token : sorted) {
            byte[] string = bytesOf[token];
            int common = commonPrefix(previous, string);
            for (; depth > common; depth--) {
                ends[path[depth]] = count;
            }
            while (depth < string.length) {
                labels[count] = string[depth++];
                depths[count] = (short) depth;
                path[depth] = count++;
            }
            sameBytes[token] = tokens[path[depth]];
            tokens[path[depth]] = token;
            previous = string;
        }
        for (; depth >= 0; depth--) {
            ends[path[depth]] = count;
        }
        return maxLength;
    }

    private static int commonPrefix(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** Number of token ids, special ones included: the length of a mask. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** The tokens of plain text, apart. */
    PlainTokens plain() {
        return Objects.requireNonNull(plain, "a part of a vocabulary is not parted again");
    }

    /** Bytes of a token; none for special tokens. Do not change. */
    public byte[] bytesOf(int token) {
        return bytesOf[token];
    }

    /** Length of the longest token in bytes. */
    public int height() {
        return height;
    }

    /** Bytes that are a token on their own: what is made of them can be written from every position. */
    public ByteSet singleBytes() {
        return singleBytes;
    }

    /** The byte that leads to {@code node}, which is not the root; 0..255. */
    public int label(int node) {
        return labels[node] & 0xFF;
    }

    /** Number of bytes from the root. */
    public int depth(int node) {
        return depths[node];
    }

    /** The first node after the subtree of {@code node}. */
    public int end(int node) {
        return ends[node];
    }

    public boolean isLeaf(int node) {
        return ends[node] == node + 1;
    }

    /** The node of the same bytes in the trie of all tokens. */
    int nodeOfWhole(int node) {
        return nodesOfWhole == null ? node : nodesOfWhole[node];
    }

    /** Takes the tokens that end at the nodes {@code from} to {@code to} (excluded) out of {@code mask}. */
    void removeTokens(int from, int to, BitSet mask) {
        for (int node = from; node < to; node++) {
            for (int token = tokens[node]; token != NONE; token = sameBytes[token]) {
                mask.clear(token);
            }
        }
    }

    /** Adds the tokens that end at {@code node} to {@code mask}. */
    public void addTokens(int node, BitSet mask) {
        for (int token = tokens[node]; token != NONE; token = sameBytes[token]) {
            mask.set(token);
        }
    }
}
