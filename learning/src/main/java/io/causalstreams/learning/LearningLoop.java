package io.causalstreams.learning;

import io.causalstreams.topology.ReplaceThreadHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;

/**
 * A running loop: a Kafka Streams application of its own, so that it neither holds up the operators nor shares their transactions.
 *
 * <p>Threading: any thread.
 */
public final class LearningLoop implements AutoCloseable {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(6);

    private final KafkaStreams streams;

    private LearningLoop(KafkaStreams streams) {
        this.streams = streams;
    }

    /**
     * Starts it; the topics must exist.
     *
     * @param properties of Kafka Streams; the application id gets the name of the adapter behind it, and the guarantee is exactly once
     */
    public static LearningLoop start(LearningSettings settings, Tuner tuner, Map<String, ?> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.keySet().removeIf(key -> key.startsWith("causal.streams.") || key.startsWith("group."));
        Object application = properties.get("application.id");
        all.put(
                "application.id",
                (application == null ? "causal-streams" : application) + "-learning-" + settings.adapter());
        all.put("processing.guarantee", "exactly_once_v2");
        all.put("num.stream.threads", 1);
        all.put("consumer.auto.offset.reset", "earliest");
        all.putIfAbsent("consumer.session.timeout.ms", 6_000);
        Properties of = new Properties();
        of.putAll(all);
        KafkaStreams streams = new KafkaStreams(LearningTopology.of(settings, tuner), of);
        streams.setUncaughtExceptionHandler(new ReplaceThreadHandler());
        streams.start();
        return new LearningLoop(streams);
    }

    /** What Kafka Streams says of it. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Ends it; a round that runs goes on with the next start. */
    @Override
    public void close() {
        streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_PATIENCE));
    }
}
