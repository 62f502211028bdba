package io.causalstreams.topology.internal.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * How much a task has to do, after its last turn.
 *
 * @param waiting requests in the journal that are not in the engine
 * @param running requests in the engine
 * @param calling requests that wait for results of tools
 * @param journalBytes bytes of the prompts in the journal
 * @param oldestWaiting the oldest of the waiting, or null
 * @param remembered completions remembered
 * @param conversations conversations kept
 */
public record TaskLoad(
        int waiting,
        int running,
        int calling,
        long journalBytes,
        @Nullable LiveRequest oldestWaiting,
        int remembered,
        int conversations) {}
