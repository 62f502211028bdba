package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.topology.CausalStreamsConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An output topic takes no such record, by a setting of its own: the prompt becomes a dead letter, by one aborted
 * transaction, and others are answered; where the dead letter is refused too, the operator ends once and names topic and
 * setting.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
@MostlyWaits
class TopicSettingsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long FIVE_MINUTES_AGO = 300_000;

    private EmbeddedBroker broker;
    private Admin admin;

    @BeforeAll
    void start() {
        broker = EmbeddedBroker.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Topics.createMissing(KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), 1);
    }

    @AfterAll
    void stop() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest(name = "{0}: {1}={2}")
    @MethodSource("refusals")
    void shouldEndAsADeadLetterWhatAnOutputTopicRefuses(String topic, String setting, String value) throws Exception {
        // Given
        String id = topic + "." + setting;
        alter(topic, setting, value, AlterConfigOp.OpType.SET);
        try (HeldEngine engine = engine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                Operator operator = start(engine)) {
            operator.awaitRunning();

            // When: it is refused, what comes after it is taken
            send(id, null, FIVE_MINUTES_AGO);
            client.readUntil(
                    "a dead letter", LIMIT, () -> !client.deadLettersOf(id).isEmpty());
            send(id + "-again", null, FIVE_MINUTES_AGO);
            send(id + "-taken", "key", 0);

            // Then
            client.readCompletions(List.of(id + "-taken"), LIMIT);
            client.readUntil(
                    "both dead letters", LIMIT, () -> client.deadLettersOf(id).size() == 2);
            client.readFor(Duration.ofMillis(500));
            assertThat(client.deadLettersOf(id)).containsExactly(prompt(id), prompt(id + "-again"));
            assertThat(client.deadLetters.subList(client.deadLetters.size() - 2, client.deadLetters.size()))
                    .allSatisfy(letter -> assertThat(header(letter, "__streams.errors.message"))
                            .contains("topic " + topic + " refuses its answer", setting)
                            .doesNotContain("secret"));
            assertThat(client.violations(List.of(id + "-taken"))).isEmpty();
            if (topic.equals("completions")) {
                assertThat(client.completions).doesNotContainKeys(id, id + "-again");
            } else {
                assertThat(client.completions.get(id))
                        .singleElement()
                        .satisfies(completion -> assertThat(
                                        completion.path("error").path("code").asText())
                                .isEqualTo("INVALID_REQUEST"));
            }
            assertThat(operator.health().streams()).isEqualTo("RUNNING");
        } finally {
            alter(topic, setting, "", AlterConfigOp.OpType.DELETE);
        }
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("completions", "cleanup.policy", "compact"),
                Arguments.of("completions", "message.timestamp.before.max.ms", "60000"),
                Arguments.of("completions", "max.message.bytes", "1500"),
                Arguments.of("tokens", "cleanup.policy", "compact"),
                Arguments.of("tokens", "message.timestamp.before.max.ms", "60000"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("settings")
    void shouldEndOnceAndNameTheSettingByWhichTheDeadLetterIsRefusedToo(String setting, String value) throws Exception {
        // Given
        String id = "both." + setting;
        alter("completions", setting, value, AlterConfigOp.OpType.SET);
        alter("dead-letters", setting, value, AlterConfigOp.OpType.SET);
        try (HeldEngine engine = engine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            send(id, null, FIVE_MINUTES_AGO);

            // When
            try (Operator operator = start(engine)) {
                // Then
                assertThatThrownBy(operator::awaitEnd)
                        .isInstanceOf(AppException.class)
                        .hasMessageContaining("topic dead-letters refuses a record")
                        .hasMessageContaining(setting)
                        .hasMessageNotContaining("secret");
            }
            alter("completions", setting, "", AlterConfigOp.OpType.DELETE);
            alter("dead-letters", setting, "", AlterConfigOp.OpType.DELETE);
            try (Operator operator = start(engine)) {
                client.readCompletions(List.of(id), LIMIT);
                client.readFor(Duration.ofSeconds(1));
                assertThat(client.violations(List.of(id))).isEmpty();
                assertThat(client.deadLettersOf(id + "\"")).isEmpty();
                assertThat(operator.health().streams()).isEqualTo("RUNNING");
            }
        }
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of("cleanup.policy", "compact"), Arguments.of("message.timestamp.before.max.ms", "60000"));
    }

    /** What was asked five minutes ago is answered at length. */
    private static HeldEngine engine() {
        HeldEngine engine = new HeldEngine(request -> request.id().endsWith("-taken") ? "It is." : "so ".repeat(500));
        engine.letGo();
        return engine;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static String prompt(String id) {
        return "{\"id\": \"%s\", \"prompt\": \"secret\"}".formatted(id);
    }

    private void alter(String topic, String setting, String value, AlterConfigOp.OpType operation) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(setting, value), operation))))
                .all()
                .get();
    }

    private void send(String id, @Nullable String key, long ageMs) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            "prompts",
                            0,
                            System.currentTimeMillis() - ageMs,
                            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                            prompt(id).getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private Operator start(HeldEngine engine) {
        return Operator.start(
                engine,
                new CausalStreamsConfig(Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "state.dir",
                        TestFiles.fresh("state-").toString())));
    }
}
