package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Generations that take six times as long as the group lets a member go without a poll. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before each
@Execution(ExecutionMode.CONCURRENT)
class LongGenerationIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.start();
        Topics.createMissing(KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), 2);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void shouldNotRebalanceWhenAGenerationTakesAMinute() {
        generateForAMinute("classic", operator -> operator.metric("consumer-coordinator-metrics", "rebalance-total"));
    }

    @Test
    void shouldNotRebalanceWhenAGenerationTakesAMinuteInAStreamsGroup() {
        generateForAMinute("streams", operator -> streamsGroupEpoch());
    }

    /** @param generation counts the rebalances of the group */
    private void generateForAMinute(String groupProtocol, ToDoubleFunction<InProcessOperator> generation) {
        // Given: more requests than the journal takes, and a poll interval of a sixth of what the first ones need
        Map<String, Object> settings = new TreeMap<>();
        settings.put("group.protocol", groupProtocol);
        settings.put("max.poll.interval.ms", 10_000);
        settings.put("max.poll.records", 4);
        settings.put(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, 2);
        settings.put(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 4);
        ScriptedEngine words =
                ScriptedEngine.saying("word" + " word".repeat(59)).runAutomatically();
        try (SlowEngine engine = new SlowEngine(words, Duration.ofSeconds(1), 50);
                InProcessOperator operator = InProcessOperator.start(engine, broker.bootstrapServers(), settings);
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            double before = generation.applyAsDouble(operator);
            int rebalances = operator.rebalances.get();
            Instant start = Instant.now();

            // When
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ids.add("long-" + i);
                client.send("key-" + i, prompt("long-" + i, 60));
            }
            for (int i = 0; i < 40; i++) {
                ids.add("short-" + i);
                client.send("key-" + i, prompt("short-" + i, 1));
            }
            client.readUntil("a token", LIMIT, () -> !client.tokens.isEmpty());
            client.readCompletions(ids, LIMIT);

            // Then
            assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofSeconds(60));
            assertThat(client.violations(ids)).isEmpty();
            assertThat(generation.applyAsDouble(operator)).isEqualTo(before).isPositive();
            assertThat(operator.rebalances).hasValue(rebalances);
            assertThat(operator.deaths).hasValue(0);
        }
    }

    private double streamsGroupEpoch() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeStreamsGroups(List.of("causal-streams"))
                    .describedGroups()
                    .values()
                    .iterator()
                    .next()
                    .get()
                    .groupEpoch();
        } catch (Exception e) {
            throw new AssertionError("the group cannot be described", e);
        }
    }

    private static String prompt(String id, int tokens) {
        return "{\"id\": \"" + id + "\", \"prompt\": \"Say it\", \"ignore_eos\": true, \"max_tokens\": " + tokens + "}";
    }
}
