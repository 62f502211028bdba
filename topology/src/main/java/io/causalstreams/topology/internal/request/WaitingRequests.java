package io.causalstreams.topology.internal.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a task that are not in the engine, in the order they are to run: by priority, then by arrival, those of
 * a lane, such as the turns of a conversation, one after the other.
 *
 * <p>Threading: stream thread only.
 */
final class WaitingRequests {

    private final TreeSet<TrackedRequest> inOrder = new TreeSet<>(TrackedRequest.ORDER);
    private final TreeSet<TrackedRequest> byArrival =
            new TreeSet<>(Comparator.comparingLong((TrackedRequest each) -> each.sequence));
    private final PriorityQueue<TrackedRequest> deadlines =
            new PriorityQueue<>(Comparator.comparingLong((TrackedRequest each) -> each.expiresMs));
    private final Set<String> busyLanes = new HashSet<>();

    void add(TrackedRequest request) {
        inOrder.add(request);
        byArrival.add(request);
        if (request.deadline != null) {
            deadlines.add(request);
        }
    }

    /** Takes the next that may run, or null. Its lane is busy until {@link #left}. */
    @Nullable
    TrackedRequest takeNext() {
        for (TrackedRequest request : inOrder) {
            if (request.lane == null || busyLanes.add(request.lane)) {
                remove(request);
                return request;
            }
        }
        return null;
    }

    /** Takes those whose deadline has passed. */
    List<TrackedRequest> takeExpired(long nowMs) {
        List<TrackedRequest> expired = new ArrayList<>();
        while (!deadlines.isEmpty() && deadlines.peek().isPast(nowMs)) {
            TrackedRequest request = deadlines.peek();
            remove(request);
            expired.add(request);
        }
        return expired;
    }

    /** A request has left the engine; the next of its lane may run. */
    void left(TrackedRequest request) {
        if (request.lane != null) {
            busyLanes.remove(request.lane);
        }
    }

    void remove(TrackedRequest request) {
        inOrder.remove(request);
        byArrival.remove(request);
        if (request.deadline != null) {
            deadlines.remove(request);
        }
    }

    int size() {
        return inOrder.size();
    }

    /** The one that arrived first, whenever its priority lets it run; or null. */
    @Nullable
    TrackedRequest oldest() {
        return byArrival.isEmpty() ? null : byArrival.first();
    }
}
