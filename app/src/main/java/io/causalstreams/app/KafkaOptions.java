package io.causalstreams.app;

import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.topology.CausalStreamsConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which broker, and how to talk to it. */
final class KafkaOptions {

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "The broker; default localhost:9092.")
    private @Nullable String servers;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties for every Kafka client (security included), Kafka Streams and causal.streams.*.")
    private @Nullable Path config;

    KafkaConnection connection() {
        return KafkaConnection.of(servers == null && config == null ? "localhost:9092" : servers, config);
    }

    /** Whether a broker is named here or in the file. */
    boolean namesBroker() {
        return servers != null || (config != null && KafkaConnection.namesBroker(config));
    }

    /** To the broker at {@code otherServers}, with the file's other settings. */
    KafkaConnection connectionTo(String otherServers) {
        return KafkaConnection.of(otherServers, config);
    }

    /** The operator's settings in the file; the topics' names above all. */
    static CausalStreamsConfig operatorConfig(KafkaConnection connection) {
        return new CausalStreamsConfig(connection.properties());
    }
}
