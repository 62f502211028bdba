package io.causalstreams.it;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many instances Kubernetes' autoscaler runs by the chart's two triggers: as many as the greater of both needs, and fewer only
 * when fewer were enough for a while.
 */
final class Autoscaler {
    private final int perInstance;
    private final int most;
    private final Duration patience;
    private final Deque<Need> recent = new ArrayDeque<>();

    private record Need(Instant at, int instances) {}

    /**
     * @param perInstance lag, and requests of journals, that one instance is for
     * @param most instances
     * @param patience {@code stabilizationWindowSeconds} of scaling down
     */
    Autoscaler(int perInstance, int most, Duration patience) {
        this.perInstance = perInstance;
        this.most = most;
        this.patience = patience;
    }

    /**
     * Instances there should be.
     *
     * @param lag of the prompts topic
     * @param backlog requests in all journals
     */
    int wanted(long lag, long backlog, Instant now) {
        long needed = Math.max(lag, backlog);
        int instances = (int) Math.min(most, Math.max(1, (needed + perInstance - 1) / perInstance));
        recent.addLast(new Need(now, instances));
        while (recent.getFirst().at().isBefore(now.minus(patience))) {
            recent.removeFirst();
        }
        return recent.stream().mapToInt(Need::instances).max().orElseThrow();
    }
}
