package io.causalstreams.topology;

import java.util.List;

/**
 * A request that has no completion yet, as this process knows it.
 *
 * @param id the request's id
 * @param state whether it runs in the engine
 * @param waitedMs since it arrived here, or since its task was taken over
 * @param texts what was published of each choice; may be ahead of the last commit by one punctuation
 * @param tokens tokens published, of all choices
 */
public record RequestStatus(String id, State state, long waitedMs, List<String> texts, int tokens) {

    public RequestStatus {
        texts = List.copyOf(texts);
    }

    /** Where a request is. */
    public enum State {
        /** In the journal. */
        WAITING,
        /** In the engine. */
        RUNNING,
        /** In the journal, until its tools have answered. */
        CALLING
    }
}
