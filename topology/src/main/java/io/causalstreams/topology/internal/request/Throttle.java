package io.causalstreams.topology.internal.request;

/**
 * Lets an operator start so many requests, or spend so many tokens, a second, in all its tasks of this process. It may be in debt: what
 * a request costs is known at its end. What was not used is saved for one second.
 *
 * <p>Threading: any.
 */
public final class Throttle {

    private final double perSecond;
    private final boolean tokens;
    private double balance;
    private long asOfMs = Long.MIN_VALUE;

    private Throttle(double perSecond, boolean tokens) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("the limit is " + perSecond + " a second; it must be above 0");
        }
        this.perSecond = perSecond;
        this.tokens = tokens;
        this.balance = Math.max(1, perSecond);
    }

    public static Throttle ofRecords(double perSecond) {
        return new Throttle(perSecond, false);
    }

    public static Throttle ofTokens(double perSecond) {
        return new Throttle(perSecond, true);
    }

    /** Whether a request may start now; if so, it counts as started. */
    public synchronized boolean tryStart(long nowMs) {
        if (asOfMs != Long.MIN_VALUE) {
            double earned = Math.max(0, nowMs - asOfMs) * perSecond / 1000;
            balance = Math.min(Math.max(1, perSecond), balance + earned);
        }
        asOfMs = Math.max(asOfMs, nowMs);
        if (balance < (tokens ? 0 : 1)) {
            return false;
        }
        balance -= tokens ? 0 : 1;
        return true;
    }

    /** A request has cost so many tokens. */
    public synchronized void spent(int requestTokens) {
        balance -= tokens ? requestTokens : 0;
    }
}
