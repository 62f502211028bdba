package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.kvcache.PrefixIndex;
import io.causalstreams.inference.internal.kvcache.SlotPool;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What holds after every step, whatever happened in it. {@link EngineLoop} asserts it, so every test that runs with
 * {@code -ea} checks it.
 */
final class EngineInvariants {
    private EngineInvariants() {}

    /**
     * Checks slots against sequences.
     *
     * @return true, so that it can stand in an {@code assert}
     * @throws AssertionError naming what does not hold
     */
    static boolean hold(CacheSlots slots, Collection<RequestRun> runs) {
        SlotPool pool = slots.pool();
        PrefixIndex index = slots.index();
        Set<Integer> owned = new HashSet<>();
        for (RequestRun run : runs) {
            require(!run.isClosed(), run, "is closed and still in the engine");
            for (Sequence sequence : run.sequences()) {
                if (!sequence.hasSlot()) {
                    require(sequence.cachedLength() == 0, run, "has cached tokens and no slot");
                    continue;
                }
                int slot = sequence.slot();
                require(owned.add(slot), run, "shares slot " + slot);
                require(pool.ownerOf(slot) == sequence.arrival(), run, "is not the owner of its slot " + slot);
                require(!sequence.isComplete(), run, "is complete and keeps slot " + slot);
                require(index.length(slot) == sequence.cachedLength(), run, "disagrees with the index on slot " + slot);
                require(
                        sequence.cachedLength() <= sequence.cacheTokens().length,
                        run,
                        "has more in slot " + slot + " than it has tokens");
            }
        }
        if (owned.size() + pool.freeSlots() != pool.slots()) {
            throw new AssertionError(
                    owned.size() + " slots in use and " + pool.freeSlots() + " free of " + pool.slots());
        }
        if (index.freeTokens() > index.bound()) {
            throw new AssertionError("free slots keep " + index.freeTokens() + " tokens of " + index.bound());
        }
        return true;
    }

    private static void require(boolean holds, RequestRun run, String message) {
        if (!holds) {
            throw new AssertionError("request " + run.request().id + " " + message);
        }
    }
}
