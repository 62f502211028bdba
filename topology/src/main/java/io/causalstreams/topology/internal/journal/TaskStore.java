package io.causalstreams.topology.internal.journal;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What a task keeps, in one store with one changelog: its requests, remembered completions, conversations, and what was spent.
 *
 * <p>Threading: stream thread only.
 */
public record TaskStore(Journal journal, RememberedCompletions remembered, Sessions sessions, Spending spending) {

    /**
     * Over the store of {@link Journal#storeBuilder}.
     *
     * @param remember how many completions are remembered
     * @param sessions how much of conversations is kept
     */
    public static TaskStore over(KeyValueStore<Bytes, byte[]> store, RememberBounds remember, SessionBounds sessions) {
        return new TaskStore(
                new Journal(store),
                new RememberedCompletions(store, remember),
                new Sessions(store, sessions),
                new Spending(store));
    }
}
