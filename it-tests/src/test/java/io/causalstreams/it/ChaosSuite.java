package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.internal.input.GatedClientSupplier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/**
 * Exactly once under everything that can go wrong: real processes, a real broker that keeps its data, random load. After
 * each fault a read_committed consumer must see every token of every request once, in order, and one completion.
 *
 * <p>{@code -Dchaos.rounds=} sets the number of random kills per group protocol (10), {@code -Dtest.seed=} repeats a run.
 */
@Tag("chaos")
@MostlyWaits
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
abstract class ChaosSuite {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 10);
    private static final int PARTITIONS = 4;
    private static final int SESSION_TIMEOUT_MS = 3_000;

    private final List<CommandProcess> processes = new ArrayList<>();
    private final Path brokerData = TestFiles.fresh("broker-");

    private EmbeddedBroker broker;
    private OperatorClient client;
    private Random random;
    private Load load;

    /** {@code classic} or {@code streams}. */
    abstract String groupProtocol();

    @BeforeAll
    void startBroker() throws Exception {
        broker = EmbeddedBroker.start(0, brokerData);
        Topics.createMissing(
                KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), PARTITIONS);
        client = new OperatorClient(broker.bootstrapServers());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "causal-streams");
            admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(
                                    set("streams.session.timeout.ms", SESSION_TIMEOUT_MS),
                                    set("streams.heartbeat.interval.ms", 1_000))))
                    .all()
                    .get();
        }
    }

    @BeforeEach
    void newLoad(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName();
        random = Seeds.random(getClass().getSimpleName() + "." + name);
        load = new Load(client, random, name, 6, 100, 1200);
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(CommandProcess::close);
        processes.clear();
    }

    @AfterAll
    void stopBroker() {
        if (client != null) {
            client.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void shouldSurviveRandomKills() {
        // Given
        CommandProcess serve = serving();
        load.runForTokens(100, LIMIT);

        // When: mostly in mid-generation, sometimes while it starts or restores
        for (int round = 0; round < ROUNDS; round++) {
            boolean early = random.nextInt(4) == 0;
            if (early) {
                load.run(Duration.ofMillis(random.nextInt(500, 4000)));
            } else {
                load.runForTokens(random.nextInt(1, 1500), LIMIT);
            }
            serve.kill9();
            serve = start();
        }
        load.drain(LIMIT);

        // Then
        assertThat(load.violations()).isEmpty();
    }

    @Test
    void shouldSurviveInstancesThatJoinAndLeave() {
        // Given
        CommandProcess first = serving();
        load.runForTokens(300, LIMIT);

        // When: one joins, the first leaves in order, it comes back, the other is killed
        CommandProcess second = serving();
        load.runForTokens(1000, LIMIT);
        first.signal("TERM");
        first.awaitExit(Duration.ofSeconds(20));
        load.runForTokens(1000, LIMIT);
        serving();
        load.runForTokens(1000, LIMIT);
        second.kill9();
        load.runForTokens(1000, LIMIT);
        load.drain(LIMIT);

        // Then
        assertThat(load.violations()).isEmpty();
    }

    @Test
    void shouldFenceAnInstanceThatWakesUpAfterItsWorkWasTakenOver() {
        // Given
        CommandProcess zombie = serving();
        load.runForTokens(500, LIMIT);

        // When
        zombie.signal("STOP");
        CommandProcess heir = serving();
        load.runForTokens(1000, LIMIT);
        zombie.signal("CONT");
        load.runForTokens(2000, LIMIT);
        heir.signal("TERM");
        heir.awaitExit(Duration.ofSeconds(20));
        load.runForTokens(1000, LIMIT);
        load.drain(LIMIT);

        // Then: it published nothing twice, and is a member again
        assertThat(load.violations()).isEmpty();
        assertThat(zombie.isAlive()).isTrue();
    }

    @Test
    void shouldGoOnAfterABrokerRestart() {
        // Given
        CommandProcess serve = serving();
        load.runForTokens(500, LIMIT);

        // When
        int port = broker.port();
        broker.close();
        pause(Duration.ofMillis(random.nextInt(3000)));
        broker = EmbeddedBroker.start(port, brokerData);
        load.runForTokens(2000, LIMIT);
        load.drain(LIMIT);

        // Then
        assertThat(load.violations()).isEmpty();
        assertThat(serve.isAlive()).isTrue();
        assertThat(serve.output()).doesNotContain("\tat ");
    }

    @Test
    void shouldSurviveSendsThatFailInTheMiddleOfAPunctuation() {
        // Given
        FaultyProducers producers = new FaultyProducers(new GatedClientSupplier());
        List<Supplier<RuntimeException>> faults = List.of(
                () -> new TimeoutException("injected"),
                () -> new IllegalStateException("injected"),
                () -> new TimeoutException("injected again"));
        try (GenerationEngine engine = engine();
                InProcessOperator operator =
                        InProcessOperator.start(engine, broker.bootstrapServers(), settings(), producers)) {
            load.runForTokens(100, LIMIT);

            // When
            for (Supplier<RuntimeException> fault : faults) {
                producers.failAfter(random.nextInt(5, 200), fault);
                client.readUntil("the fault", LIMIT, () -> {
                    load.runForTokens(1, LIMIT);
                    return producers.hasFailed();
                });
                load.runForTokens(200, LIMIT);
            }
            load.drain(LIMIT);

            // Then
            assertThat(load.violations()).isEmpty();
            assertThat(operator.deaths).hasValue(faults.size());
        }
    }

    @Test
    void shouldResumeAfterAKillAndComputeNoTokenTwice() {
        // Given: long generations, killed in the middle
        CommandProcess serve = serving();
        Load long4 = new Load(client, random, "resume", 4, 1500, 1500);
        long4.runForTokens(1200, LIMIT);
        serve.kill9();
        int published = 0;
        while (published
                < long4.tokensSeen()) { // all that was committed: its transaction ends within 3 s, or later under load
            published = long4.tokensSeen();
            client.readFor(Duration.ofSeconds(4));
        }

        // When
        EngineStats stats;
        try (GenerationEngine engine = engine();
                InProcessOperator operator = InProcessOperator.start(engine, broker.bootstrapServers(), settings())) {
            long4.drain(LIMIT);
            stats = engine.stats();
            assertThat(operator.deaths).hasValue(0);
        }

        // Then: what was left, and one prefill of each prompt with its published tokens
        assertThat(long4.violations()).isEmpty();
        int all = long4.tokensSeen();
        int prompts = long4.ids().stream()
                .mapToInt(id -> client.completion(id)
                        .path("usage")
                        .path("prompt_tokens")
                        .asInt())
                .sum();
        assertThat(published).isBetween(1200, all - 1);
        assertThat(stats.completionTokens()).isLessThanOrEqualTo(all - published);
        assertThat(stats.promptTokens()).isLessThanOrEqualTo(2L * prompts + published);
    }

    @Test
    void shouldReplayTheChangelogWhenTheLocalStateIsLost() {
        // Given
        CommandProcess serve = serving();
        load.runForTokens(1500, LIMIT);

        // When: every instance of this suite starts with a state directory of its own, so nothing local is left
        serve.kill9();
        client.readFor(Duration.ofSeconds(1));
        int before = load.tokensSeen();
        serving();
        load.drain(LIMIT);

        // Then
        assertThat(load.violations()).isEmpty();
        assertThat(load.tokensSeen()).isGreaterThan(before);
    }

    private CommandProcess serving() {
        CommandProcess serve = start();
        serve.awaitOutput("Serving ", LIMIT);
        return serve;
    }

    private CommandProcess start() {
        Map<String, String> withDirectory = new TreeMap<>(settings());
        withDirectory.put("state.dir", TestFiles.fresh("state-").toString());
        CommandProcess serve = CommandProcess.start(
                Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m"),
                "serve",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--model",
                TestModels.tinyChat().toString(),
                "--slots",
                "4",
                "--threads",
                "1",
                "--config",
                TestFiles.properties(withDirectory).toString());
        processes.add(serve);
        return serve;
    }

    private static GenerationEngine engine() {
        return GenerationEngine.open(
                TestModels.tinyChat(),
                EngineConfig.defaults().withSlots(4).withIntraOpThreads(1).withPrefixCacheTokens(0));
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("group.protocol", groupProtocol());
        settings.put("causal.streams.tokens.per.event", "8");
        settings.put("causal.streams.max.delay.ms", "20");
        settings.put("commit.interval.ms", "2000");
        settings.put("producer.transaction.timeout.ms", "3000");
        if (groupProtocol().equals("classic")) {
            settings.put("consumer.session.timeout.ms", Integer.toString(SESSION_TIMEOUT_MS));
            settings.put("consumer.heartbeat.interval.ms", "1000");
        }
        return settings;
    }

    private static AlterConfigOp set(String name, int value) {
        return new AlterConfigOp(new ConfigEntry(name, Integer.toString(value)), AlterConfigOp.OpType.SET);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
