package io.causalstreams.http.internal.access;

import java.util.function.LongSupplier;

/**
 * A leaky bucket of tokens a minute. How many a request takes is known at its end: it may begin while anything is left, and
 * what it takes beyond is missing to the next ones.
 *
 * <p>Threading: any.
 */
final class TokenBudget {
    private static final double NANOS_PER_MINUTE = 60e9;

    private final LongSupplier nanoTime;
    private double left;
    private long asOf;

    TokenBudget(int perMinute, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.left = perMinute;
        this.asOf = nanoTime.getAsLong();
    }

    /** Seconds until a request may begin; 0 = now. */
    synchronized int secondsToWait(int perMinute) {
        refill(perMinute);
        return left > 0 ? 0 : (int) Math.ceil((1 - left) * 60.0 / perMinute);
    }

    synchronized void take(long tokens) {
        left -= tokens;
    }

    private void refill(int perMinute) {
        long now = nanoTime.getAsLong();
        left = Math.min(perMinute, left + (now - asOf) / NANOS_PER_MINUTE * perMinute);
        asOf = now;
    }
}
