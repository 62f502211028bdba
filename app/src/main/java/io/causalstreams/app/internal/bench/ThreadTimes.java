package io.causalstreams.app.internal.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * CPU time of some Java threads of this process. The model's own threads are native ones and not among them.
 *
 * <p>Threading: one thread.
 */
public final class ThreadTimes {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Predicate<ThreadInfo> wanted;
    private final Map<Long, Long> lastNanos = new HashMap<>();

    private ThreadTimes(Predicate<ThreadInfo> wanted) {
        this.wanted = wanted;
        takeSeconds();
    }

    /** Ids of the Java threads of this process, without those of {@code others}. */
    public static Set<Long> aliveWithout(Set<Long> others) {
        Set<Long> ids = new HashSet<>();
        for (long id : THREADS.getAllThreadIds()) {
            ids.add(id);
        }
        ids.removeAll(others);
        return ids;
    }

    /** Threads with one of {@code ids}. */
    static ThreadTimes of(Set<Long> ids) {
        return new ThreadTimes(thread -> ids.contains(thread.getThreadId()));
    }

    /** Those of Kafka Streams: stream threads, and the clients they own. */
    static ThreadTimes ofKafkaStreams() {
        return new ThreadTimes(thread -> thread.getThreadName().contains("-StreamThread-"));
    }

    /** Seconds spent since the last call; a thread that ended since is not counted. */
    double takeSeconds() {
        long spent = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && wanted.test(thread)) {
                long now = Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
                Long before = lastNanos.put(thread.getThreadId(), now);
                spent += now - (before == null ? 0 : before);
            }
        }
        return spent / 1e9;
    }
}
