package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;

/**
 * Bounds and timings of an operator, per task.
 *
 * @param punctuateMs how often the mailbox is drained
 * @param tokensPerEvent tokens an event waits for
 * @param maxDelayMs how long a token waits for others
 * @param commitDelayMs how long a published token waits for others of its commit
 * @param maxInFlight requests in the engine at once
 * @param journalMaxEntries requests without a completion
 * @param journalMaxBytes bytes of their prompts
 * @param rejectOverflow beyond the journal's bounds: true rejects, false pauses the input
 * @param promptMaxBytes a longer prompt event is invalid
 * @param remember how many completions are remembered
 * @param sessions how much of conversations is kept
 * @param sessionByKey whether chats of one record key are one conversation
 * @param recordMaxBytes largest record
 */
public record OperatorSettings(
        long punctuateMs,
        int tokensPerEvent,
        long maxDelayMs,
        long commitDelayMs,
        int maxInFlight,
        int journalMaxEntries,
        long journalMaxBytes,
        boolean rejectOverflow,
        int promptMaxBytes,
        RememberBounds remember,
        SessionBounds sessions,
        boolean sessionByKey,
        int recordMaxBytes) {

    /** The same with other bounds of what is remembered. */
    public OperatorSettings remembering(RememberBounds bounds) {
        return new OperatorSettings(
                punctuateMs,
                tokensPerEvent,
                maxDelayMs,
                commitDelayMs,
                maxInFlight,
                journalMaxEntries,
                journalMaxBytes,
                rejectOverflow,
                promptMaxBytes,
                bounds,
                sessions,
                sessionByKey,
                recordMaxBytes);
    }
}
