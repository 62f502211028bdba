package io.causalstreams.topology.internal.journal;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What a task keeps, in one store with one changelog: its requests, remembered completions, and conversations.
 *
 * <p>Threading: stream thread only.
 */
public record TaskStore(Journal journal, RememberedCompletions remembered, Sessions sessions) {

    /**
     * Over the store of {@link Journal#storeBuilder}.
     *
     * @param rememberMs how long completions are remembered; 0 = not at all
     * @param rememberEntries how many
     * @param rememberBytes how much of them
     * @param bounds how much of conversations is kept
     */
    public static TaskStore over(
            KeyValueStore<Bytes, byte[]> store,
            long rememberMs,
            int rememberEntries,
            long rememberBytes,
            SessionBounds bounds) {
        return new TaskStore(
                new Journal(store),
                new RememberedCompletions(store, rememberMs, rememberEntries, rememberBytes),
                new Sessions(store, bounds));
    }
}
