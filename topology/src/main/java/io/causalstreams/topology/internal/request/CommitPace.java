package io.causalstreams.topology.internal.request;

/**
 * When a task asks for a commit of what it has published. A commit costs as much as some hundred records, and a step of the
 * engine makes one token of every request; so tokens wait a little for the next step's.
 *
 * <p>The tasks of a thread commit together, whichever asks: they end their waits at the same instants, the multiples of
 * the delay.
 *
 * <p>Threading: stream thread only.
 */
final class CommitPace {
    private static final long NOTHING = Long.MAX_VALUE;

    private final long delayMs;
    private long dueMs = NOTHING;

    /** @param delayMs how long tokens wait; 0 = not at all */
    CommitPace(long delayMs) {
        this.delayMs = delayMs;
    }

    /** Something was published that must be seen soon. */
    void due() {
        dueMs = Long.MIN_VALUE;
    }

    /** Something was published that can wait for more. */
    void canWait(long nowMs) {
        if (dueMs == NOTHING) {
            dueMs = delayMs == 0 ? nowMs : nowMs - Math.floorMod(nowMs, delayMs) + delayMs;
        }
    }

    /** Whether to commit now; if so, everything published counts as committed. */
    boolean take(long nowMs) {
        if (nowMs < dueMs) {
            return false;
        }
        dueMs = NOTHING;
        return true;
    }
}
