package io.causalstreams.topology.internal.processor;

/**
 * How much a task has to do, after its last turn.
 *
 * @param waiting requests in the journal that are not in the engine
 * @param running requests in the engine
 * @param journalBytes bytes of the prompts in the journal
 * @param oldestWaitingMs when the oldest of the waiting arrived, or 0
 * @param remembered completions remembered
 * @param conversations conversations kept
 */
record TaskLoad(int waiting, int running, long journalBytes, long oldestWaitingMs, int remembered, int conversations) {}
