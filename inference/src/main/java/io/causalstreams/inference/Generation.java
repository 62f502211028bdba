package io.causalstreams.inference;

/** A request that an engine has taken. */
@FunctionalInterface
public interface Generation {

    /**
     * Nobody wants the rest: its slots are free within one step. Its listener may still be called by the step that runs now,
     * and never after that one. Does nothing when the request has ended. Any thread; never blocks.
     */
    void cancel();
}
