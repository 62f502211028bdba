package io.causalstreams.inference.internal.kvcache;

import java.util.Arrays;

/**
 * Who owns which slot. A slot has at most one owner, an owner at most one slot.
 *
 * <p>Threading: engine thread only.
 */
public final class SlotPool {
    private static final long FREE = -1;

    private final long[] owners;

    public SlotPool(int slots) {
        this.owners = new long[slots];
        Arrays.fill(owners, FREE);
    }

    public int slots() {
        return owners.length;
    }

    /** Gives a free slot to {@code owner}, which must own none. */
    public void acquire(int slot, long owner) {
        require(owner >= 0, "owner " + owner + " is negative");
        require(owners[slot] == FREE, "slot " + slot + " is owned by " + owners[slot] + ", " + owner + " wants it");
        require(slotOf(owner) < 0, "owner " + owner + " has slot " + slotOf(owner) + " and wants " + slot);
        owners[slot] = owner;
    }

    /** Takes the slot back from {@code owner}. */
    public void release(int slot, long owner) {
        require(
                owners[slot] == owner,
                "slot " + slot + " is owned by " + owners[slot] + ", " + owner + " gives it back");
        owners[slot] = FREE;
    }

    /** Makes the owner of {@code from} the owner of the free slot {@code to} instead. */
    public void move(int from, int to) {
        long owner = owners[from];
        require(owner != FREE, "slot " + from + " has no owner to move");
        release(from, owner);
        acquire(to, owner);
    }

    public boolean isFree(int slot) {
        return owners[slot] == FREE;
    }

    /** The owner, or -1. */
    public long ownerOf(int slot) {
        return owners[slot];
    }

    public int freeSlots() {
        int free = 0;
        for (long owner : owners) {
            free += owner == FREE ? 1 : 0;
        }
        return free;
    }

    private int slotOf(long owner) {
        for (int slot = 0; slot < owners.length; slot++) {
            if (owners[slot] == owner) {
                return slot;
            }
        }
        return -1;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException(message);
        }
    }
}
