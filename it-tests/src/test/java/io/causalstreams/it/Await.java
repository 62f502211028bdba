package io.causalstreams.it;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Waits for something to happen. Awaitility by itself also fails on whatever any thread of the JVM lets out meanwhile, and suites
 * that run beside one another throw on purpose.
 */
final class Await {
    private Await() {}

    /** @param what is waited for, for the message when it does not come */
    static ConditionFactory await(String what) {
        return Awaitility.await(what).dontCatchUncaughtExceptions();
    }
}
