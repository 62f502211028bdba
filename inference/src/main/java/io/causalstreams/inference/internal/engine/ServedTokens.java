package io.causalstreams.inference.internal.engine;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tokens computed per user: the virtual token counters of Sheng et al., "Fairness in Serving Large Language Models"
 * (OSDI 2024). A user who comes back starts at the least of those present, so that idling saves nothing up.
 *
 * <p>Threading: engine thread only. Holds only users with requests in the engine.
 */
final class ServedTokens {
    private final Map<String, Long> served = new HashMap<>();

    /** The user has a request in the engine. */
    void arrive(String user) {
        if (!served.containsKey(user)) {
            served.put(user, served.isEmpty() ? 0L : Collections.min(served.values()));
        }
    }

    void add(String user, long tokens) {
        served.merge(user, tokens, Long::sum);
    }

    /** Forgets everybody but {@code users}. */
    void keep(Set<String> users) {
        served.keySet().retainAll(users);
    }

    Map<String, Long> byUser() {
        return Collections.unmodifiableMap(served);
    }
}
