package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ReplaceThreadHandler;
import io.causalstreams.topology.ReplaceThreadHandler.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every error that a broker gives to a record: the prompt becomes a dead letter, or the application ends once, or it goes on
 * when the error is over. None loops.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
@MostlyWaits
class ProduceErrorsIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Policy IMPATIENT = new Policy(2, Duration.ofMinutes(5), Duration.ofMillis(50));

    private EmbeddedBroker broker;

    @BeforeAll
    void start() {
        broker = EmbeddedBroker.start();
        Topics.createMissing(KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), 1);
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "MESSAGE_TOO_LARGE",
                "RECORD_LIST_TOO_LARGE",
                "INVALID_RECORD",
                "INVALID_TIMESTAMP",
                "POLICY_VIOLATION",
                "UNSUPPORTED_FOR_MESSAGE_FORMAT",
                "UNSUPPORTED_COMPRESSION_TYPE"
            })
    void shouldEndAsADeadLetterWhatTheBrokerWillNeverTake(Errors error) {
        // Given
        String id = error.name();
        RefusingProducers producers = refusing(id, false);
        producers.answer(error.exception("no"));
        try (HeldEngine engine = engine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                Running operator = new Running(engine, producers)) {
            // When
            client.send(id, prompt(id));
            client.send("k", prompt(id + "-other"));

            // Then
            client.readCompletions(List.of(id + "-other"), LIMIT);
            client.readUntil(
                    "a dead letter", LIMIT, () -> !client.deadLettersOf(id).isEmpty());
            client.readFor(Duration.ofMillis(300));
            assertThat(client.completions).doesNotContainKey(id);
            assertThat(client.violations(List.of(id + "-other"))).isEmpty();
            assertThat(client.deadLettersOf(id)).containsExactly(prompt(id));
            assertThat(operator.handler.fatal()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "INVALID_TOPIC_EXCEPTION",
                "TOPIC_AUTHORIZATION_FAILED",
                "CLUSTER_AUTHORIZATION_FAILED",
                "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
                "INVALID_REQUIRED_ACKS",
                "UNKNOWN_SERVER_ERROR"
            })
    void shouldEndOnceWhenTheTopicOrTheBrokerTakesNothing(Errors error) {
        // Given
        String id = error.name();
        RefusingProducers producers = refusing(id, false);
        producers.answer(error.exception("no"));
        try (HeldEngine engine = engine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            try (Running operator = new Running(engine, producers)) {
                // When
                client.send(id, prompt(id));

                // Then
                Await.await("the end")
                        .atMost(LIMIT)
                        .until(() -> operator.handler.fatal().isPresent());
                if (error == Errors.INVALID_TOPIC_EXCEPTION) {
                    assertThat(operator.handler.fatal().orElseThrow()).hasMessageContaining("topic completions");
                }
            }
            try (Running operator = new Running(engine, refusing(id, false))) {
                client.readCompletions(List.of(id), LIMIT);
                assertThat(client.violations(List.of(id))).isEmpty();
                assertThat(operator.handler.fatal()).isEmpty();
            }
        }
    }

    @Test
    void shouldGoOnWhenTheErrorIsOver() {
        // Given
        List<Errors> passing = List.of(
                Errors.CONCURRENT_TRANSACTIONS,
                Errors.CORRUPT_MESSAGE,
                Errors.DUPLICATE_SEQUENCE_NUMBER,
                Errors.INVALID_PRODUCER_EPOCH,
                Errors.INVALID_PRODUCER_ID_MAPPING,
                Errors.INVALID_TXN_STATE,
                Errors.KAFKA_STORAGE_ERROR,
                Errors.LEADER_NOT_AVAILABLE,
                Errors.NETWORK_EXCEPTION,
                Errors.NOT_ENOUGH_REPLICAS,
                Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                Errors.NOT_LEADER_OR_FOLLOWER,
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                Errors.PRODUCER_FENCED,
                Errors.REQUEST_TIMED_OUT,
                Errors.THROTTLING_QUOTA_EXCEEDED,
                Errors.TRANSACTION_ABORTABLE,
                Errors.UNKNOWN_PRODUCER_ID,
                Errors.UNKNOWN_TOPIC_OR_PARTITION);
        RefusingProducers producers = refusing("passing", true);
        try (HeldEngine engine = engine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                Running operator = new Running(engine, producers, new Policy(100, LIMIT, Duration.ofMillis(50)))) {
            for (Errors error : passing) {
                // When
                String id = "passing-" + error;
                producers.answer(error.exception("no"));
                client.send("k", prompt(id));

                // Then
                client.readCompletions(List.of(id), LIMIT);
                assertThat(producers.isPending()).as(id).isFalse();
                assertThat(client.violations(List.of(id))).as(id).isEmpty();
            }
            assertThat(client.deadLettersOf("passing")).isEmpty();
            assertThat(operator.handler.fatal()).isEmpty();
        }
    }

    /** Those of completions of requests whose id begins so. */
    private static RefusingProducers refusing(String id, boolean once) {
        return new RefusingProducers(
                once,
                record -> record.topic().equals("completions")
                        && subject(record.headers().lastHeader("ce_subject").value(), id));
    }

    private static boolean subject(byte[] subject, String id) {
        String text = new String(subject, StandardCharsets.UTF_8);
        return text.startsWith(id) && !text.endsWith("-other");
    }

    private static HeldEngine engine() {
        HeldEngine engine = new HeldEngine();
        engine.letGo();
        return engine;
    }

    private static String prompt(String id) {
        return "{\"id\": \"%s\", \"prompt\": \"x\"}".formatted(id);
    }

    /** The topology with producers of the test's. */
    private final class Running implements AutoCloseable {
        final ReplaceThreadHandler handler;
        private final KafkaStreams streams;

        Running(HeldEngine engine, RefusingProducers producers) {
            this(engine, producers, IMPATIENT);
        }

        Running(HeldEngine engine, RefusingProducers producers, Policy policy) {
            CausalStreams causal = new CausalStreams(engine, Map.of("bootstrap.servers", broker.bootstrapServers()));
            Properties properties = causal.streamsProperties();
            properties.put("consumer.session.timeout.ms", 1_500); // so long the dead thread's member is waited for
            properties.put("consumer.heartbeat.interval.ms", 500);
            properties.put("state.dir", TestFiles.fresh("state-").toString());
            handler = new ReplaceThreadHandler(policy);
            streams = new KafkaStreams(causal.topology(), properties, producers);
            streams.setUncaughtExceptionHandler(handler);
            streams.start();
        }

        @Override
        public void close() {
            streams.close(Duration.ofSeconds(30));
        }
    }
}
