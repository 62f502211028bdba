package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.kvcache.PrefixIndex;
import io.causalstreams.inference.internal.kvcache.SlotPool;
import io.causalstreams.inference.internal.model.CausalLm;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which sequence sits where in the KV cache, and what can be reused of what lies there.
 *
 * <p>A decode step binds the first b slots, so sequences that decode are moved to the front. Where the front has a slot
 * in between that does not decode, the step computes a row for nobody there: it writes one position behind the slot's
 * valid content, where the next real token of that slot overwrites it.
 *
 * <p>Threading: engine thread only.
 */
final class CacheSlots {
    private final CausalLm model;
    private final SlotPool pool;
    private final PrefixIndex index;
    private final boolean reuse;
    private final @Nullable Sequence[] holders;
    /** Of each slot's content; {@link CausalLm#setLongContext}. */
    private final boolean[] longContext;

    /** @param prefixCacheTokens bound of what free slots keep; 0 = only choices of one request share */
    CacheSlots(CausalLm model, int prefixCacheTokens) {
        this.model = model;
        this.pool = new SlotPool(model.slots());
        this.index = new PrefixIndex(model.slots(), prefixCacheTokens);
        this.reuse = prefixCacheTokens > 0;
        this.holders = new Sequence[model.slots()];
        this.longContext = new boolean[model.slots()];
    }

    /** Gives a sequence a free slot with as much of its beginning as any slot holds. @return positions reused */
    int admit(Sequence sequence) {
        int[] tokens = sequence.cacheTokens();
        PrefixIndex.@Nullable Match match = match(sequence, tokens);
        int slot;
        int reused = 0;
        if (match == null) {
            slot = index.victim(Sequence.NO_SLOT);
        } else {
            reused = match.length();
            slot = target(match);
            if (slot != match.slot()) {
                model.copySlot(match.slot(), slot, reused);
            }
        }
        setLongContext(slot, isLong(sequence));
        pool.acquire(slot, sequence.arrival());
        holders[slot] = sequence;
        index.setRunning(slot, sequence.adapter(), tokens, reused);
        model.useAdapter(slot, sequence.adapter());
        sequence.admit(slot, reused);
        return reused;
    }

    /** The sequence has computed more; others may share it from now on. */
    void progressed(Sequence sequence) {
        index.setRunning(sequence.slot(), sequence.adapter(), sequence.cacheTokens(), sequence.cachedLength());
    }

    /** Takes the slot back; its content stays as long as nobody needs the slot. */
    void release(Sequence sequence) {
        int slot = sequence.slot();
        pool.release(slot, sequence.arrival());
        holders[slot] = null;
        index.setFree(slot, sequence.adapter(), sequence.cacheTokens(), sequence.cachedLength());
        model.useAdapter(slot, null);
        sequence.loseSlot();
        forgetUnused();
    }

    /** Moves the hindmost holders into free slots further in front, decoding ones first needing it. */
    void compact() {
        while (true) {
            int last = lastDecoding();
            int free = firstFree();
            if (free < 0 || free > last) {
                return;
            }
            move(last, free);
        }
    }

    /** Rows a decode step needs to reach every decoding sequence: the last one's slot + 1. */
    int decodeRows() {
        return lastDecoding() + 1;
    }

    /** The sequence that decodes in the slot, or null. */
    @Nullable
    Sequence decoding(int slot) {
        @Nullable Sequence holder = holders[slot];
        return holder != null && holder.pendingTokens() == 0 ? holder : null;
    }

    /** A position of a slot that a row for nobody may overwrite. */
    int sparePosition(int slot) {
        int length = Math.min(index.length(slot), model.maxContextTokens() - 1);
        index.truncate(slot, length);
        return length;
    }

    int freeSlots() {
        return pool.freeSlots();
    }

    SlotPool pool() {
        return pool;
    }

    PrefixIndex index() {
        return index;
    }

    private PrefixIndex.@Nullable Match match(Sequence sequence, int[] tokens) {
        int limit = sequence.reusableTokens();
        if (limit <= 0) {
            return null;
        }
        if (reuse) {
            boolean isLong = isLong(sequence);
            return index.longest(sequence.adapter(), tokens, limit, slot -> longContext[slot] == isLong);
        }
        Sequence first = sequence.run().sequences().get(0);
        return first.hasSlot() ? index.shared(first.slot(), tokens, limit) : null;
    }

    /** In place where the slot is free and nothing else would be lost; else the slot nobody will miss. */
    private int target(PrefixIndex.Match match) {
        boolean free = pool.isFree(match.slot());
        if (free && match.whole()) {
            return match.slot();
        }
        int victim = index.victim(match.slot());
        return victim < 0 ? match.slot() : victim;
    }

    private void move(int from, int to) {
        int refuge = index.victim(to);
        if (refuge >= 0 && index.length(to) > 0 && index.isOlder(refuge, to)) {
            model.copySlot(to, refuge, index.length(to));
            setLongContext(refuge, longContext[to]);
            index.copyFree(to, refuge);
        }
        Sequence sequence = Objects.requireNonNull(holders[from]);
        model.copySlot(from, to, sequence.cachedLength());
        setLongContext(to, longContext[from]);
        pool.move(from, to);
        holders[from] = null;
        holders[to] = sequence;
        sequence.moveTo(to);
        index.setRunning(to, sequence.adapter(), sequence.cacheTokens(), sequence.cachedLength());
        index.setFree(from, sequence.adapter(), sequence.cacheTokens(), 0);
        model.useAdapter(from, null);
        model.useAdapter(to, sequence.adapter());
        forgetUnused();
    }

    /** What a free slot keeps may have been cut for another's. */
    private void forgetUnused() {
        for (int slot = 0; slot < pool.slots(); slot++) {
            if (pool.isFree(slot)) {
                model.forget(slot, index.length(slot));
            }
        }
    }

    private boolean isLong(Sequence sequence) {
        return sequence.mostTokens() > model.shortContextTokens();
    }

    private void setLongContext(int slot, boolean isLong) {
        longContext[slot] = isLong;
        model.setLongContext(slot, isLong);
    }

    private int lastDecoding() {
        for (int slot = pool.slots() - 1; slot >= 0; slot--) {
            if (decoding(slot) != null) {
                return slot;
            }
        }
        return -1;
    }

    private int firstFree() {
        for (int slot = 0; slot < pool.slots(); slot++) {
            if (pool.isFree(slot)) {
                return slot;
            }
        }
        return -1;
    }
}
