package io.causalstreams.topology.internal.request;

import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Ids and keys of the requests that ended last in this incarnation of a task: a cancel of one came late, not to the wrong
 * place.
 *
 * <p>Threading: stream thread only.
 */
final class RecentlyEnded {

    private static final int MAX = 10_000;

    private final Set<String> ids = new LinkedHashSet<>();
    private final Set<Bytes> keys = new LinkedHashSet<>();

    void add(String id, @Nullable Bytes key) {
        add(ids, id);
        if (key != null) {
            add(keys, key);
        }
    }

    boolean hasId(String id) {
        return ids.contains(id);
    }

    boolean hasKey(Bytes key) {
        return keys.contains(key);
    }

    private static <T> void add(Set<T> names, T name) {
        names.remove(name); // it is the youngest again
        names.add(name);
        if (names.size() > MAX) {
            names.remove(names.iterator().next());
        }
    }
}
