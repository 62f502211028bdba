package io.causalstreams.app.internal.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.KafkaStreams.StateListener;

/**
 * Whether a topology has run, and whether it has ended. A later rebalance changes neither.
 *
 * <p>Threading: states come from Kafka Streams' threads; any thread may wait.
 */
final class Lifecycle implements StateListener {
    private final CountDownLatch started = new CountDownLatch(1); // or ended before
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean failed;

    @Override
    public void onChange(State now, State before) {
        if (now == State.ERROR || now == State.NOT_RUNNING) {
            failed |= now == State.ERROR;
            ended.countDown();
            started.countDown();
        }
        if (now == State.RUNNING) {
            started.countDown();
        }
    }

    /** Whether its partitions were ready within {@code patience}, and it has not ended. */
    boolean awaitRunning(Duration patience) throws InterruptedException {
        return started.await(patience.toMillis(), TimeUnit.MILLISECONDS) && !hasEnded();
    }

    /** Waits until it has run once, or has ended. */
    void awaitRunning() throws InterruptedException {
        started.await();
    }

    /** Whether it has run once, or has ended. */
    boolean hasRun() {
        return started.getCount() == 0;
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    boolean hasFailed() {
        return failed;
    }
}
