package io.causalstreams.inference.internal.scheduling;

/** The prompt tokens a step may still compute. Not thread-safe; lives for one plan. */
final class TokenBudget {
    private final int total;
    private int left;

    TokenBudget(int total) {
        this.total = total;
        this.left = total;
    }

    /**
     * The chunk a sequence gets, 0 = none in this step. The first chunk may take all; a later one is only given when it
     * need not be cut, because each chunk costs a pass over the weights.
     */
    int offer(int pendingTokens, int chunkLimit) {
        int wanted = Math.min(pendingTokens, chunkLimit);
        if (left == total) {
            return Math.min(wanted, left);
        }
        return wanted <= left ? wanted : 0;
    }

    void take(int tokens) {
        if (tokens > left) {
            throw new IllegalStateException(tokens + " tokens taken of a budget with " + left + " left");
        }
        left -= tokens;
    }

    boolean isSpent() {
        return left == 0;
    }
}
