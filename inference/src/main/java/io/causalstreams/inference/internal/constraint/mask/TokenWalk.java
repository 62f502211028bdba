package io.causalstreams.inference.internal.constraint.mask;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tokens that can be read from a position, by walking the vocabulary's trie together with what reads the bytes.
 *
 * <pre>
 * Most tokens are plain text ({@link PlainTokens}), and where any text may stand, all plain bytes are read alike. So the whole
 * trie is walked only where neither of these holds:
 *
 *   uniform   every plain byte leads to the same position, and so does every further one, as far as the longest token:
 *             plain tokens come from a prepared mask, and only the others are walked.
 *   nearly    most plain bytes lead to a position that every plain byte leads back to, as in a string that is anything but
 *             a few words: its result is taken, and put right where the two differ.
 *
 * Source of the first: the slicer of LLGuidance, docs/optimizations.md there.
 * </pre>
 *
 * <p>Threading: one thread at a time.
 *
 * @param <P> positions; the same one is the same object
 */
public final class TokenWalk<P> {

    /** Results kept for positions that plain bytes do not lead away from. */
    private static final int MAX_LOOPS = 64;

    /** What reads the bytes. */
    public interface Reader<P> {

        /** The position after one more byte (0..255); null if it cannot follow. */
        @Nullable
        P next(P at, int value);

        /** Whether what is being read may end here, so that something else can go on within the token. */
        boolean mayEnd(P at);
    }

    /** A node of the trie, with tokens below it, at which reading may end. */
    public record Exit<P>(int node, P at) {}

    /**
     * What can be read from a position.
     *
     * @param tokens those that can be read to their end; not to be changed
     * @param exits by node
     */
    public record Reached<P>(BitSet tokens, List<Exit<P>> exits) implements MaskCache.Weighted {
        @Override
        public long bytes() {
            return tokens.size() / 8 + exits.size() * 24L;
        }
    }

    private final VocabularyTrie trie;
    private final PlainTokens plain;
    private final Reader<P> reader;
    private final List<@Nullable P> path;
    private final List<@Nullable P> otherPath;
    private final Map<P, Reached<P>> loops = new HashMap<>();

    public TokenWalk(VocabularyTrie trie, Reader<P> reader) {
        this.trie = trie;
        this.plain = trie.plain();
        this.reader = reader;
        this.path = new ArrayList<>(Collections.nCopies(trie.height() + 1, null));
        this.otherPath = new ArrayList<>(path);
    }

    /** All tokens, read from {@code start}. */
    public Reached<P> all(P start) {
        Reached<P> known = loops.get(start);
        if (known != null) {
            return known;
        }
        List<@Nullable P> next = afterPlain(start);
        int count = uniform(start, next);
        if (count >= 0) {
            Reached<P> reached = new Reached<>((BitSet) plain.upTo(count).clone(), new ArrayList<>());
            walk(plain.others(), VocabularyTrie.ROOT, start, reached);
            return reached;
        }
        P common = mostFrequent(next);
        if (common != null && !common.equals(start) && isLoop(common)) {
            return differing(start, loop(common), common);
        }
        Reached<P> reached = new Reached<>(new BitSet(trie.vocabularySize()), new ArrayList<>());
        walk(trie, VocabularyTrie.ROOT, start, reached);
        return reached;
    }

    /** Adds the tokens below {@code node} that can be read from {@code at}, the position there. */
    public void below(int node, P at, BitSet tokens) {
        walk(trie, node, at, new Reached<>(tokens, new ArrayList<>()));
    }

    public void forget() {
        loops.clear();
    }

    /** The positions after each of the plain bytes. */
    private List<@Nullable P> afterPlain(P at) {
        List<@Nullable P> next = new ArrayList<>(PlainTokens.BYTES.length);
        for (int value : PlainTokens.BYTES) {
            next.add(reader.next(at, value));
        }
        return next;
    }

    /** How many plain bytes can be read, whichever they are; negative if it matters which. */
    private int uniform(P start, List<@Nullable P> afterStart) {
        P at = start;
        List<@Nullable P> all = afterStart;
        for (int count = 0; count < plain.longest(); count++) {
            P next = all.get(0);
            for (P other : all) {
                if (other != next) {
                    return -1;
                }
            }
            if (next == null) {
                return count;
            }
            if (reader.mayEnd(next)) {
                return -1;
            }
            if (next == at) {
                break;
            }
            at = next;
            all = afterPlain(at);
        }
        return plain.longest();
    }

    private @Nullable P mostFrequent(List<@Nullable P> positions) {
        Map<P, Integer> counts = new HashMap<>();
        P best = null;
        int most = 0;
        for (P position : positions) {
            if (position != null) {
                int count = counts.merge(position, 1, Integer::sum);
                if (count > most) {
                    most = count;
                    best = position;
                }
            }
        }
        return best;
    }

    private boolean isLoop(P at) {
        if (loops.containsKey(at)) {
            return true;
        }
        for (int value : PlainTokens.BYTES) {
            if (reader.next(at, value) != at) {
                return false;
            }
        }
        return !reader.mayEnd(at);
    }

    private Reached<P> loop(P at) {
        if (loops.size() > MAX_LOOPS) {
            loops.clear();
        }
        Reached<P> reached = all(at);
        loops.put(at, reached);
        return reached;
    }

    private void walk(VocabularyTrie within, int from, P start, Reached<P> reached) {
        int base = within.depth(from);
        int end = within.end(from);
        path.set(0, start);
        int node = from + 1;
        while (node < end) {
            int depth = within.depth(node) - base;
            P at = next(path.get(depth - 1), within.label(node));
            if (at == null) {
                node = within.end(node);
                continue;
            }
            path.set(depth, at);
            within.addTokens(node, reached.tokens());
            if (reader.mayEnd(at) && !within.isLeaf(node)) {
                reached.exits().add(new Exit<>(within.nodeOfWhole(node), at));
            }
            node++;
        }
    }

    private @Nullable P next(@Nullable P at, int value) {
        return at == null ? null : reader.next(at, value);
    }

    /** What can be read from {@code start}, made of what can be read from {@code other}: walks only where the two differ. */
    private Reached<P> differing(P start, Reached<P> fromOther, P other) {
        BitSet tokens = (BitSet) fromOther.tokens().clone();
        List<Exit<P>> exits = new ArrayList<>();
        List<Exit<P>> others = fromOther.exits();
        int exit = 0;
        path.set(0, start);
        otherPath.set(0, other);
        int node = VocabularyTrie.ROOT + 1;
        while (node < trie.end(VocabularyTrie.ROOT)) {
            int depth = trie.depth(node);
            P at = next(path.get(depth - 1), trie.label(node));
            P otherAt = next(otherPath.get(depth - 1), trie.label(node));
            boolean same = at == otherAt;
            int done = same || at == null ? trie.end(node) : node + 1;
            for (; exit < others.size() && others.get(exit).node() < done; exit++) {
                if (same) {
                    exits.add(others.get(exit));
                }
            }
            if (!same) {
                path.set(depth, at);
                otherPath.set(depth, otherAt);
                if (at == null) {
                    trie.removeTokens(node, done, tokens);
                } else {
                    trie.addTokens(node, tokens);
                    if (reader.mayEnd(at) && !trie.isLeaf(node)) {
                        exits.add(new Exit<>(node, at));
                    }
                }
            }
            node = done;
        }
        return new Reached<>(tokens, exits);
    }
}
