package io.causalstreams.inference.internal.kvcache;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens each slot's cache holds, so that a new sequence can begin with what it shares with another.
 *
 * <p>Slots of running sequences are found as well as those that finished ones left behind. What free slots hold is
 * bounded by {@code freeTokens}; beyond that the longest unused content is shortened from its end first. The memory is
 * that of the slots: none is added.
 *
 * <p>Keys and values of a position depend on the tokens up to it and on the adapter they were computed with (and on how long
 * sequences turn, see {@code usable}), so with the same adapter an equal prefix of tokens is an equal prefix of cache. Token arrays are
 * kept by reference and compared, never hashed: a match is exact.
 *
 * <p>Cost: a lookup compares at most slots × prompt tokens. Threading: engine thread only.
 */
public final class PrefixIndex {
    private static final int[] NOTHING = {};

    private final int[][] tokens;
    private final @Nullable Object[] adapters;
    private final int[] lengths;
    private final long[] lastUse;
    private final boolean[] free;
    private final int freeTokens;
    private long clock;

    /**
     * The slot with the longest shared prefix.
     *
     * @param length shared tokens, at least 1
     * @param whole whether that is all the slot holds
     */
    public record Match(int slot, int length, boolean whole) {}

    public PrefixIndex(int slots, int freeTokens) {
        this.tokens = new int[slots][];
        Arrays.fill(tokens, NOTHING);
        this.adapters = new Object[slots];
        this.lengths = new int[slots];
        this.lastUse = new long[slots];
        this.free = new boolean[slots];
        Arrays.fill(free, true);
        this.freeTokens = freeTokens;
    }

    /** The slot belongs to a running sequence, and its first {@code length} positions hold {@code content}'s. */
    public void setRunning(int slot, @Nullable Object adapter, int[] content, int length) {
        set(slot, adapter, content, length, false);
    }

    /** The slot was given back; its content is kept as long as the bound allows. */
    public void setFree(int slot, @Nullable Object adapter, int[] content, int length) {
        set(slot, adapter, content, length, true);
        while (freeTokens() > freeTokens) {
            int oldest = oldestFree();
            lengths[oldest] = Math.max(0, lengths[oldest] - (freeTokens() - freeTokens));
        }
    }

    /** The slot's content from position {@code length} on is overwritten. */
    public void truncate(int slot, int length) {
        lengths[slot] = Math.min(lengths[slot], length);
    }

    /** Content of a free slot is copied into another free one. */
    public void copyFree(int from, int to) {
        tokens[to] = tokens[from];
        adapters[to] = adapters[from];
        lengths[to] = lengths[from];
        lastUse[to] = lastUse[from];
        lengths[from] = 0;
    }

    /** The longest prefix that {@code sequence[0..limit)} shares with a slot of the same adapter, or null. */
    public @Nullable Match longest(@Nullable Object adapter, int[] sequence, int limit) {
        return longest(adapter, sequence, limit, slot -> true);
    }

    /** As {@link #longest(Object, int[], int)}, of the slots that {@code usable} accepts. */
    public @Nullable Match longest(@Nullable Object adapter, int[] sequence, int limit, IntPredicate usable) {
        @Nullable Match best = null;
        for (int slot = 0; slot < lengths.length; slot++) {
            boolean same = adapters[slot] == adapter && usable.test(slot);
            int shared = same ? sharedTokens(slot, sequence, limit) : 0;
            boolean whole = shared == lengths[slot];
            if (shared > 0
                    && (best == null || shared > best.length() || (shared == best.length() && whole && free[slot]))) {
                best = new Match(slot, shared, whole);
            }
        }
        if (best != null) {
            lastUse[best.slot()] = ++clock;
        }
        return best;
    }

    /** The prefix that {@code sequence[0..limit)} shares with one slot, or null. */
    public @Nullable Match shared(int slot, int[] sequence, int limit) {
        int shared = sharedTokens(slot, sequence, limit);
        return shared == 0 ? null : new Match(slot, shared, shared == lengths[slot]);
    }

    /** Whether {@code slot} has been unused for longer than {@code other}, or is empty. */
    public boolean isOlder(int slot, int other) {
        return age(slot) < age(other);
    }

    /** The free slot to give away: an empty one if there is one (the lowest), else the longest unused; never {@code except}; -1 = none. */
    public int victim(int except) {
        int victim = -1;
        for (int slot = 0; slot < lengths.length; slot++) {
            if (free[slot] && slot != except && (victim < 0 || age(slot) < age(victim))) {
                victim = slot;
            }
        }
        return victim;
    }

    /** Tokens the slot's content holds. */
    public int length(int slot) {
        return lengths[slot];
    }

    /** Most tokens that free slots keep. */
    public int bound() {
        return freeTokens;
    }

    /** Tokens kept in free slots; never above the bound. */
    public int freeTokens() {
        int sum = 0;
        for (int slot = 0; slot < lengths.length; slot++) {
            sum += free[slot] ? lengths[slot] : 0;
        }
        return sum;
    }

    private void set(int slot, @Nullable Object adapter, int[] content, int length, boolean isFree) {
        adapters[slot] = adapter;
        tokens[slot] = content;
        lengths[slot] = length;
        free[slot] = isFree;
        lastUse[slot] = ++clock;
    }

    private int sharedTokens(int slot, int[] sequence, int limit) {
        int end = Math.min(Math.min(limit, lengths[slot]), sequence.length);
        int[] content = tokens[slot];
        int shared = 0;
        while (shared < end && content[shared] == sequence[shared]) {
            shared++;
        }
        return shared;
    }

    private int oldestFree() {
        int oldest = -1;
        for (int slot = 0; slot < lengths.length; slot++) {
            if (free[slot] && lengths[slot] > 0 && (oldest < 0 || lastUse[slot] < lastUse[oldest])) {
                oldest = slot;
            }
        }
        return oldest;
    }

    private long age(int slot) {
        return lengths[slot] == 0 ? 0 : lastUse[slot];
    }
}
