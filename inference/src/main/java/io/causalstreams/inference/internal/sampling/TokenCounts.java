package io.causalstreams.inference.internal.sampling;

import java.util.Arrays;

/** Token id → count: an open-addressing hash table, as a map of boxed integers would dominate the cost of a penalty. */
final class TokenCounts {
    private static final int FREE = -1;

    private int[] ids = new int[64];
    private int[] counts = new int[64];
    private int size;

    TokenCounts() {
        Arrays.fill(ids, FREE);
    }

    /** Adds {@code amount} to the count of {@code id} ≥ 0; 0 only makes it known. */
    void add(int id, int amount) {
        int slot = slotOf(id);
        if (ids[slot] == FREE) {
            if (2 * (size + 1) > ids.length) {
                grow();
                slot = slotOf(id);
            }
            ids[slot] = id;
            size++;
        }
        counts[slot] += amount;
    }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] != FREE) {
                visitor.visit(ids[slot], counts[slot]);
            }
        }
    }

    private int slotOf(int id) {
        int mask = ids.length - 1;
        int slot = ((id * 0x9E3779B9) >>> 7) & mask;
        while (ids[slot] != id && ids[slot] != FREE) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldIds = ids;
        int[] oldCounts = counts;
        ids = new int[oldIds.length * 2];
        counts = new int[ids.length];
        Arrays.fill(ids, FREE);
        for (int slot = 0; slot < oldIds.length; slot++) {
            if (oldIds[slot] != FREE) {
                int target = slotOf(oldIds[slot]);
                ids[target] = oldIds[slot];
                counts[target] = oldCounts[slot];
            }
        }
    }

    /** Takes one distinct token. */
    interface Visitor {
        void visit(int tokenId, int count);
    }
}
