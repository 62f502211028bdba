package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.kafka.KafkaConnection;
import java.util.Set;

/**
 * The broker of a measurement.
 *
 * @param threads ids of the broker's threads when it is in this process, where it takes its share of the cores; else empty
 */
public record BenchBroker(KafkaConnection connection, Set<Long> threads) {

    /** A broker somewhere else. */
    public static BenchBroker elsewhere(KafkaConnection connection) {
        return new BenchBroker(connection, Set.of());
    }

    boolean isInThisProcess() {
        return !threads.isEmpty();
    }

    String place() {
        return isInThisProcess() ? "broker in this process" : "broker at " + connection.servers();
    }
}
