package io.causalstreams.topology.internal.request;

import org.jspecify.annotations.Nullable;

/**
 * What an operator does about the requests of its tasks.
 *
 * @param retries which failures are tried again
 * @param budget of each key; null = none
 * @param throttle shared by all tasks of the process; null = none
 */
public record Policies(
        Retries retries, @Nullable Budget budget, @Nullable Throttle throttle) {

    /** Nothing is tried again, nothing held back. */
    public static final Policies NONE = new Policies(Retries.NONE, null, null);
}
