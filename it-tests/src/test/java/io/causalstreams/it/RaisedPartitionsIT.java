package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody raises the partitions of the prompts topic while requests run. */
@SuppressWarnings("NullAway.Init") // set before each
@MostlyWaits
class RaisedPartitionsIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String CHANGELOG = "causal-streams-causal-streams-journal-changelog";

    private final HeldEngine engine = new HeldEngine();
    private EmbeddedBroker broker;
    private Admin admin;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Topics.createMissing(KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), 1);
    }

    @AfterEach
    void stop() {
        engine.close();
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void shouldEndOnceAndGoOnWhenTheChangelogHasAsMany(String groupProtocol) throws Exception {
        try (OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            // Given
            try (Operator operator = start(groupProtocol)) {
                client.send("k", prompt("running"));
                awaitTaken(operator, "running");

                // When
                raise("prompts");

                // Then
                assertThat(endOf(operator))
                        .contains("topic " + CHANGELOG + " has partitions: 1, its input has 3", "kafka-topics.sh")
                        .doesNotContain("\n");
            }
            raise(CHANGELOG);
            try (Operator operator = start(groupProtocol)) {
                goesOn(operator, client);
            }
        }
    }

    @Test
    void shouldGoOnWhenTheChangelogIsRaisedFirst() throws Exception {
        try (OperatorClient client = new OperatorClient(broker.bootstrapServers());
                Operator operator = start("classic")) {
            client.send("k", prompt("running"));
            awaitTaken(operator, "running");
            raise(CHANGELOG);
            raise("prompts");
            goesOn(operator, client);
        }
    }

    /** What ran is answered once, and prompts of every partition are. */
    private void goesOn(Operator operator, OperatorClient client) {
        engine.letGo();
        List<String> ids = new ArrayList<>(List.of("running"));
        for (int key = 0; key < 20; key++) {
            ids.add("new-" + key);
            client.send("key-" + key, prompt("new-" + key));
        }
        client.readCompletions(ids, LIMIT);
        client.readFor(Duration.ofMillis(500));
        assertThat(client.violations(ids)).isEmpty();
        Await.await("the group is at rest")
                .atMost(LIMIT)
                .until(() -> operator.health().streams().equals("RUNNING"));
    }

    private static String endOf(Operator operator) throws Exception {
        AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                operator.awaitEnd();
            } catch (Exception e) {
                end.set(e);
            }
        });
        waiting.start();
        waiting.join(LIMIT.toMillis());
        Throwable failure = end.get();
        assertThat(failure).as("the application ends").isNotNull();
        return String.valueOf(failure == null ? null : failure.getMessage());
    }

    private static void awaitTaken(Operator operator, String id) {
        Await.await("the request is taken")
                .atMost(LIMIT)
                .until(() -> operator.status(id).isPresent());
    }

    private void raise(String topic) throws Exception {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
    }

    private static String prompt(String id) {
        return "{\"id\": \"%s\", \"prompt\": \"x\"}".formatted(id);
    }

    private Operator start(String groupProtocol) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("state.dir", TestFiles.fresh("state-").toString());
        settings.put("group.protocol", groupProtocol);
        settings.put("metadata.max.age.ms", 1000);
        return Operator.start(engine, new CausalStreamsConfig(settings));
    }
}
