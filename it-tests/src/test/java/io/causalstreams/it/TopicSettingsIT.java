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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An output topic takes no such record, by a setting of its own: the operator does not die of it again and again, but ends
 * once and names topic and setting; when that is changed, the next one answers once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
class TopicSettingsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

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

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("settings")
    void shouldEndOnceAndNameTheSettingByWhichATopicRefuses(String setting, String value) throws Exception {
        // Given: a prompt without key, stamped five minutes ago
        String id = setting;
        alter(setting, value, AlterConfigOp.OpType.SET);
        try (HeldEngine engine = new HeldEngine();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            engine.letGo();
            send(id);

            // When
            try (Operator operator = start(engine)) {
                // Then
                assertThatThrownBy(operator::awaitEnd)
                        .isInstanceOf(AppException.class)
                        .hasMessageContaining("topic completions refuses a record")
                        .hasMessageContaining(setting)
                        .hasMessageNotContaining("secret");
            }
            alter(setting, "", AlterConfigOp.OpType.DELETE);
            try (Operator operator = start(engine)) {
                client.readCompletions(List.of(id), LIMIT);
                client.readFor(Duration.ofSeconds(1));
                assertThat(client.violations(List.of(id))).isEmpty();
                assertThat(operator.health().streams()).isEqualTo("RUNNING");
            }
        }
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of("cleanup.policy", "compact"), Arguments.of("message.timestamp.before.max.ms", "60000"));
    }

    private void alter(String setting, String value, AlterConfigOp.OpType operation) throws Exception {
        ConfigResource completions = new ConfigResource(ConfigResource.Type.TOPIC, "completions");
        admin.incrementalAlterConfigs(
                        Map.of(completions, List.of(new AlterConfigOp(new ConfigEntry(setting, value), operation))))
                .all()
                .get();
    }

    private void send(String id) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] prompt =
                    "{\"id\": \"%s\", \"prompt\": \"secret\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>("prompts", 0, System.currentTimeMillis() - 300_000, null, prompt))
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
