package io.causalstreams.topology;

import io.causalstreams.topology.internal.answer.RefusalHandler;
import io.causalstreams.topology.internal.answer.Refusals;
import io.causalstreams.topology.internal.input.GatedClientSupplier;
import io.causalstreams.topology.internal.input.GatedConsumerWrapper;
import io.causalstreams.topology.internal.input.InputGate;
import io.causalstreams.topology.internal.journal.Journal;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/** The Kafka Streams settings the operators want; what the user sets wins. */
final class StreamsDefaults {

    private static final int COMMIT_INTERVAL_MS = 5_000;
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;
    private static final int LINGER_MS = 100;

    private static final Set<String> POLL_RECORDS = Set.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG));

    private static final Set<String> PRODUCTION_HANDLERS =
            Set.of(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, "default.production.exception.handler");

    private StreamsDefaults() {}

    /**
     * For a topology whose operators read a {@link ValueFormat} that waits by failing: a handler of processing errors that goes on
     * would skip good prompts and commit their offsets.
     *
     * @throws ConfigException if the user sets another than the one that fails
     */
    static void requireFailingProcessing(Map<?, ?> user) {
        String key = StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG;
        Object handler = user.get(key);
        String name = handler instanceof Class<?> type ? type.getName() : String.valueOf(handler);
        if (handler != null && !name.equals(LogAndFailProcessingExceptionHandler.class.getName())) {
            throw new ConfigException(
                    key,
                    name,
                    "it could skip prompts while the schema registry does not answer; leave it out: what is no prompt is a dead"
                            + " letter");
        }
    }

    /**
     * For any topology with operators in it. Nothing here changes what other processors give.
     *
     * <p>Latency: the stream thread polls, processes, punctuates and commits in a loop, so a blocking poll delays tokens:
     * {@code poll.ms} is short, but longer than the operators' punctuation, so that the tasks of a thread, whose punctuations
     * are out of step, share the commit of each round.
     */
    static Properties any(Map<?, ?> user, int recordMaxBytes, InputGate gate) {
        Map<Object, Object> all = new HashMap<>();
        all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        all.put(StreamsConfig.POLL_MS_CONFIG, 20);
        // a handler that goes on would swallow half of a write that belongs together
        all.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
        all.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                recordMaxBytes + Journal.RECORD_OVERHEAD);
        // a full journal pauses its input
        all.put(StreamsConfig.DEFAULT_CLIENT_SUPPLIER_CONFIG, GatedClientSupplier.class);
        all.put(StreamsConfig.InternalConfig.INTERNAL_CONSUMER_WRAPPER, GatedConsumerWrapper.class);
        if (POLL_RECORDS.stream().noneMatch(user::containsKey)) {
            // what is fetched beyond a full journal is taken all the same
            all.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 64);
        }
        all.put(InputGate.PROPERTY, gate);
        if (PRODUCTION_HANDLERS.stream().noneMatch(user::containsKey)) {
            // a request whose answer a topic refuses becomes a dead letter
            all.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, RefusalHandler.class);
        }
        all.put(Refusals.PROPERTY, new Refusals());
        all.putAll(user);
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }

    /**
     * For the topology that answers prompt events and does nothing else. The operator asks for commits of what it has
     * published, so the commit interval is only a fallback; a short one would commit empty transactions. A transaction must
     * outlive the interval.
     */
    static Properties prompts(Map<?, ?> user, int recordMaxBytes, InputGate gate) {
        Map<Object, Object> all = new HashMap<>();
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, "causal-streams");
        // with one input there is nothing to wait for, and to find that out costs a tenth of the stream thread's time
        all.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        all.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
        all.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        all.put("processing.exception.handler.global.enabled", true);
        all.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), TRANSACTION_TIMEOUT_MS);
        // a commit flushes; until then records wait for each other. Without, each goes out alone, and the requests of
        // one transaction overtake each other in the broker's check of its partitions and must be sent again
        all.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MS);
        all.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        if (!"streams".equalsIgnoreCase(String.valueOf(user.get("group.protocol")))) {
            all.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
            all.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
            // who joins is wanted now, and a compacted journal is read in seconds: no warm-up of ten minutes before
            all.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        }
        all.putAll(user);
        return any(all, recordMaxBytes, gate);
    }
}
