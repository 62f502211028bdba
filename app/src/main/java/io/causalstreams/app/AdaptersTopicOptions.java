package io.causalstreams.app;

import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.models.CacheDirectory;
import io.causalstreams.topology.CausalStreamsConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Adapters that come and go by a topic while requests run. */
final class AdaptersTopicOptions {

    @Option(
            names = "--adapters-topic",
            paramLabel = "TOPIC",
            description =
                    "Adapters are read from this compacted topic, where 'adapters publish' puts them, and put into"
                            + " service while requests run.")
    private @Nullable String topic;

    @Option(
            names = "--adapters-keys",
            paramLabel = "FILE",
            split = ",",
            description = "Public keys (Ed25519), one of which must have signed an adapter; default: all are taken.")
    private List<String> keys = List.of();

    @Option(
            names = "--shadows-topic",
            paramLabel = "TOPIC",
            description = "What candidates in shadow answer goes to this topic.")
    private @Nullable String shadows;

    /** The connection with these settings in its place of the file's. */
    KafkaConnection on(KafkaConnection connection) {
        Map<String, String> properties = new HashMap<>(connection.properties());
        if (topic != null) {
            properties.put(CausalStreamsConfig.ADAPTERS_TOPIC_CONFIG, topic);
        }
        if (!keys.isEmpty()) {
            properties.put(CausalStreamsConfig.ADAPTERS_KEYS_CONFIG, String.join(",", keys));
        }
        if (shadows != null) {
            properties.put(CausalStreamsConfig.SHADOWS_TOPIC_CONFIG, shadows);
        }
        properties.putIfAbsent(
                CausalStreamsConfig.ADAPTERS_DIRECTORY_CONFIG,
                CacheDirectory.ofUser().adapters().toString());
        return new KafkaConnection(properties);
    }
}
