package io.causalstreams.topology.internal.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a task that are not in the engine, in the order they are to run: by priority, then by arrival, those of
 * a lane, such as the turns of a conversation, one after the other.
 *
 * <p>Memory: the journal may hold thousands of prompts, in bytes. What was parsed and tokenized of them is kept of no more
 * than {@code maxOpened} waiting requests, as many as run at once: so it at most doubles what the running ones hold, and a
 * request that need not wait long is read once. The others are read again from the journal when they run.
 *
 * <p>Threading: stream thread only.
 */
final class WaitingRequests<K, V> {

    private final int maxOpened;
    private final TreeSet<Request<K, V>> inOrder = new TreeSet<>(Request.IN_ORDER);
    private final TreeSet<Request<K, V>> byArrival =
            new TreeSet<>(Comparator.comparingLong((Request<K, V> each) -> each.sequence));
    private final PriorityQueue<Request<K, V>> deadlines =
            new PriorityQueue<>(Comparator.comparingLong((Request<K, V> each) -> each.expiresMs));
    private final Map<String, Request<K, V>> lanes = new HashMap<>();
    private int opened;

    /** @param maxOpened of how many requests the opened form is kept */
    WaitingRequests(int maxOpened) {
        this.maxOpened = maxOpened;
    }

    void add(Request<K, V> request) {
        if (request.job() != null && opened == maxOpened) {
            request.waiting(null);
        }
        opened += request.job() == null ? 0 : 1;
        inOrder.add(request);
        byArrival.add(request);
        if (request.hasDeadline()) {
            deadlines.add(request);
        }
    }

    /** Takes the next that may run, or null. It has its lane until {@link #leave}. */
    @Nullable
    Request<K, V> takeNext() {
        for (Request<K, V> request : inOrder) {
            if (request.lane == null || holds(request, request.lane)) {
                remove(request);
                return request;
            }
        }
        return null;
    }

    /** Whether the request has its lane, from now on or since it was taken before. */
    private boolean holds(Request<K, V> request, String lane) {
        Request<K, V> holder = lanes.putIfAbsent(lane, request);
        return holder == null || holder == request;
    }

    /** A restored request that is to be treated as one that was taken. */
    void hold(Request<K, V> request) {
        if (request.lane != null) {
            lanes.put(request.lane, request);
        }
    }

    /** Takes those whose deadline has passed. */
    List<Request<K, V>> takeExpired(long nowMs) {
        List<Request<K, V>> expired = new ArrayList<>();
        while (!deadlines.isEmpty() && deadlines.peek().isPast(nowMs)) {
            Request<K, V> request = deadlines.peek();
            remove(request);
            expired.add(request);
        }
        return expired;
    }

    /** A request that was taken does not run any more: the next of its lane may. */
    void leave(Request<K, V> request) {
        if (request.lane != null) {
            lanes.remove(request.lane, request);
        }
    }

    /** Does nothing when the request does not wait. */
    void remove(Request<K, V> request) {
        if (inOrder.remove(request)) {
            opened -= request.job() == null ? 0 : 1;
            byArrival.remove(request);
            if (request.hasDeadline()) {
                deadlines.remove(request);
            }
        }
    }

    int size() {
        return inOrder.size();
    }

    /** The one that arrived first, whenever its priority lets it run; or null. */
    @Nullable
    Request<K, V> oldest() {
        return byArrival.isEmpty() ? null : byArrival.first();
    }
}
