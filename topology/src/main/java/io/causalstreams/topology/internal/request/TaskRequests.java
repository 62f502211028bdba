package io.causalstreams.topology.internal.request;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a task that have not ended: by name, and by whether they wait or run. Every change of a request's state
 * goes through here, so that the indices agree with it.
 *
 * <p>Threading: stream thread only.
 */
final class TaskRequests<K, V> {

    private final Map<String, Request<K, V>> byId = new LinkedHashMap<>();
    private final Map<String, Integer> sizeOfLane = new HashMap<>();
    private final WaitingRequests<K, V> waiting;
    private final Set<Request<K, V>> running = new LinkedHashSet<>();
    private final TreeSet<Request<K, V>> calling = new TreeSet<>(
            Comparator.comparingLong((Request<K, V> each) -> ((Request.Calling<K, V>) each.state()).expiresMs())
                    .thenComparingLong(each -> each.sequence));
    private final RecentlyEnded ended = new RecentlyEnded();

    /** @param maxRunning at once */
    TaskRequests(int maxRunning) {
        this.waiting = new WaitingRequests<>(maxRunning);
    }

    /** A new request; it waits. */
    void add(Request<K, V> request) {
        byId.put(request.id, request);
        if (request.lane != null) {
            sizeOfLane.merge(request.lane, 1, Integer::sum);
        }
        waiting.add(request);
    }

    /** The request of this name, or null. */
    @Nullable
    Request<K, V> get(String id) {
        return byId.get(id);
    }

    /** Those of a record key, in order of arrival. */
    List<Request<K, V>> ofKey(Bytes key) {
        return byId.values().stream().filter(each -> key.equals(each.key)).toList();
    }

    /** Whether a request of this lane has not ended. */
    boolean isBusy(String lane) {
        return sizeOfLane.containsKey(lane);
    }

    /** Takes the next that may run, or null: it is to be started, put back, or ended. */
    @Nullable
    Request<K, V> takeNext() {
        return waiting.takeNext();
    }

    /** The engine did not take it. */
    void putBack(Request<K, V> request) {
        waiting.leave(request);
        waiting.add(request);
    }

    /** The engine has taken it. */
    void started(Request<K, V> request, Request.Running<K, V> run) {
        request.running(run);
        running.add(request);
    }

    /** It has left the engine without its last answer, and waits for the engine again. */
    void again(Request<K, V> request) {
        running.remove(request);
        request.again();
        waiting.leave(request);
        waiting.add(request);
    }

    /** Its answer calls tools; it keeps its lane. */
    void calling(Request<K, V> request, Request.Calling<K, V> calls) {
        waiting.remove(request);
        running.remove(request);
        callsNoMore(request);
        request.calling(calls);
        calling.add(request);
        waiting.hold(request);
    }

    /** The calls of a round have their results: it waits for the engine. */
    void answered(Request<K, V> request) {
        callsNoMore(request);
        request.answered();
        waiting.add(request);
    }

    private void callsNoMore(Request<K, V> request) {
        if (request.state() instanceof Request.Calling) {
            calling.remove(request);
        }
    }

    /** Those that wait for results, the first to expire first. */
    SortedSet<Request<K, V>> calling() {
        return calling;
    }

    /** Takes those that wait and whose deadline has passed, to be ended. */
    List<Request<K, V>> takeExpired(long nowMs) {
        return waiting.takeExpired(nowMs);
    }

    /** It has its completion, wherever it was. */
    void ended(Request<K, V> request) {
        waiting.remove(request);
        running.remove(request);
        callsNoMore(request);
        request.ended();
        byId.remove(request.id);
        ended.add(request.id, request.key);
        if (request.lane != null) {
            waiting.leave(request);
            sizeOfLane.computeIfPresent(request.lane, (lane, size) -> size == 1 ? null : size - 1);
        }
    }

    /** Those that ended here last. */
    RecentlyEnded recentlyEnded() {
        return ended;
    }

    Collection<Request<K, V>> all() {
        return byId.values();
    }

    WaitingRequests<K, V> waiting() {
        return waiting;
    }

    /** Those in the engine, in the order they were started. */
    Set<Request<K, V>> running() {
        return running;
    }
}
