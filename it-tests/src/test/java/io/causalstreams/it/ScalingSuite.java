package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.topology.CausalStreamsConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Instances come and go with the load, by the rules of the chart in {@code deploy/kubernetes}: real processes, a real broker,
 * standby replicas. The figures that it prints are those of {@code docs/kubernetes.md}.
 */
@Tag("slow")
@MostlyWaits
@SuppressWarnings("NullAway.Init") // set before each
abstract class ScalingSuite {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int PARTITIONS = 8;
    private static final int SLOTS = 4;
    /** An instance that leaves without saying so would be missed after this, longer than any pause that is allowed. */
    private static final int SESSION_TIMEOUT_MS = 45_000;

    private static final String JOURNAL = "causal_streams_journal_entries";
    private static final String CHANGELOG = "causal-streams-causal-streams-journal-changelog";
    private static final int PROMPTS = 3_000;
    private static final long LONGEST_PAUSE_MS = 20_000;

    private final List<ScaledInstance> instances = new ArrayList<>();

    private EmbeddedBroker broker;
    private OperatorClient client;
    private Admin admin;
    private Random random;

    /** {@code classic} or {@code streams}. */
    abstract String groupProtocol();

    @BeforeEach
    void startBroker(TestInfo test) throws Exception {
        broker = EmbeddedBroker.start(0, TestFiles.fresh("broker-"));
        Topics.createMissing(
                KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), PARTITIONS);
        client = new OperatorClient(broker.bootstrapServers());
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        if (groupProtocol().equals("streams")) {
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "causal-streams");
            admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(
                                    set("streams.session.timeout.ms", SESSION_TIMEOUT_MS),
                                    set("streams.num.standby.replicas", 1))))
                    .all()
                    .get();
        }
        random = Seeds.random(getClass().getSimpleName() + "."
                + test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void endProcesses() {
        instances.forEach(ScaledInstance::close);
        admin.close();
        client.close();
        broker.close();
    }

    @Test
    void shouldScaleFromOneToThreeInstancesAndBackAndLoseNothing() {
        // Given: one instance, and journals that have been written to for days
        Autoscaler autoscaler = new Autoscaler(2 * SLOTS, 3, Duration.ofSeconds(10));
        Load calm = new Load(client, random, "calm", 6, 50, 300);
        Load rush = new Load(client, random, "rush", 60, 50, 300);
        start();
        calm.runForTokens(1_000, LIMIT);
        ageJournals();
        long steady = now();
        calm.runForTokens(2_000, LIMIT);
        assertThat(running()).hasSize(1);

        // When: more comes than one can take
        long rushed = now();
        scale(
                autoscaler,
                () -> running().size() == 3 && running().stream().allMatch(ScaledInstance::hasAnswered),
                calm,
                rush);
        long joined = now();
        scale(autoscaler, () -> now() > joined + 10_000, calm, rush);

        // And: it is over
        long over = now();
        scale(autoscaler, () -> running().size() == 1, calm);
        long left = now();
        scale(autoscaler, () -> now() > left + 10_000, calm);
        calm.drain(LIMIT);
        rush.drain(LIMIT);
        long end = now();

        // Then
        assertThat(calm.violations()).isEmpty();
        assertThat(rush.violations()).isEmpty();
        System.out.printf(
                "%s: %d requests, %d tokens; longest pause of a running request: %d ms with one instance, %d while two join, %d"
                        + " with three, %d while two leave%n",
                groupProtocol(),
                calm.ids().size() + rush.ids().size(),
                calm.tokensSeen() + rush.tokensSeen(),
                client.longestPause(steady, rushed),
                client.longestPause(rushed, joined),
                client.longestPause(joined, over),
                client.longestPause(over, end));
        for (ScaledInstance each : instances) {
            System.out.printf(
                    "%s: started at %d ms, ready after %d ms, first token after %d ms%n",
                    groupProtocol(), each.startedAt - rushed, each.millisToReady(), each.millisToFirstToken());
        }
        assertThat(client.longestPause(rushed, joined)).isLessThan(LONGEST_PAUSE_MS);
        assertThat(client.longestPause(over, end)).isLessThan(LONGEST_PAUSE_MS);
    }

    @Test
    void shouldBeReadyOnlyWhenTheJournalsAreRestored() throws InterruptedException {
        // Given: journals full of prompts, of an instance that has left
        start();
        ScaledInstance first = instances.get(0);
        for (int i = 0; i < PROMPTS; i++) { // one after the other: many small batches take long to restore
            client.send("key-" + i, """
                    {"id": "waiting-%d", "prompt": "%s", "max_tokens": 1000, "ignore_eos": true}""".formatted(i, "x".repeat(1000)));
        }
        Await.await("all prompts in the journals").atMost(LIMIT).until(() -> lag() == 0);
        first.terminate();
        first.awaitExit();
        Await.await("the group without it").atMost(Duration.ofSeconds(10)).until(() -> members() == 0);

        // When: the next one reads them slowly
        start("restore.consumer.fetch.max.bytes", "20000", "restore.consumer.max.partition.fetch.bytes", "20000");
        ScaledInstance next = instances.get(1);
        Await.await("ready").atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(next::isReady);

        // Then: it has all as soon as its tasks have taken a turn, long before it could have restored it
        long ready = now();
        NavigableMap<Long, Double> entries = new TreeMap<>();
        while (now() < ready + 6_000) {
            entries.put(now() - ready, next.meter(JOURNAL));
            Thread.sleep(20);
        }
        double all = Collections.max(entries.values());
        long loaded = entries.entrySet().stream()
                .filter(sample -> sample.getValue() > 0.9 * all)
                .findFirst()
                .orElseThrow()
                .getKey();
        System.out.printf(
                "%s: ready after %d ms, %d of them restoring; %.0f requests in its journals %d ms later%n",
                groupProtocol(), next.millisToReady(), next.millisRestoring(), all, loaded);
        assertThat(all).isGreaterThan(PROMPTS / 3.0);
        assertThat(next.millisRestoring()).isGreaterThan(500);
        assertThat(loaded).isLessThan(next.millisRestoring() + 1000);
    }

    /** Appends tombstones to the changelog: who has nothing of it is further behind than Kafka Streams likes. */
    private void ageJournals() {
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < PARTITIONS * 12_000; i++) {
                var unused = producer.send(new ProducerRecord<>(
                        CHANGELOG, i % PARTITIONS, ("old-" + i).getBytes(StandardCharsets.UTF_8), null));
            }
        }
    }

    /** Keeps the loads up, and has as many instances run as are wanted, until {@code done}. */
    private void scale(Autoscaler autoscaler, BooleanSupplier done, Load... loads) {
        Instant end = Instant.now().plus(LIMIT);
        long lag = 0;
        long backlog = 0;
        while (!done.getAsBoolean()) {
            assertThat(Instant.now())
                    .as(
                            "still %d instances, at a lag of %d and a backlog of %d",
                            running().size(), lag, backlog)
                    .isBefore(end);
            for (Load load : loads) {
                load.run(Duration.ofMillis(500 / loads.length));
            }
            List<ScaledInstance> running = running();
            lag = lag();
            backlog = backlog();
            int wanted = autoscaler.wanted(lag, backlog, Instant.now());
            for (int i = running.size(); i < wanted; i++) {
                start();
            }
            for (int i = running.size(); i > wanted; i--) {
                running.get(i - 1).terminate();
            }
        }
    }

    private List<ScaledInstance> running() {
        return instances.stream().filter(ScaledInstance::isWanted).toList();
    }

    private void start(String... more) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("state.dir", TestFiles.fresh("state-").toString());
        settings.put("group.protocol", groupProtocol());
        if (groupProtocol().equals("classic")) {
            settings.put("num.standby.replicas", "1");
            settings.put("consumer.session.timeout.ms", Integer.toString(SESSION_TIMEOUT_MS));
        }
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        instances.add(ScaledInstance.start(
                broker.bootstrapServers(), TestFiles.properties(settings), "--slots", Integer.toString(SLOTS)));
    }

    /** Requests that the instances have taken and not answered, as a scraper sees them. */
    private long backlog() {
        return running().stream().mapToLong(each -> (long) each.meter(JOURNAL)).sum();
    }

    private int members() {
        List<String> group = List.of("causal-streams");
        try {
            return groupProtocol().equals("classic")
                    ? only(admin.describeClassicGroups(group).all().get())
                            .members()
                            .size()
                    : only(admin.describeStreamsGroups(group).all().get())
                            .members()
                            .size();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T only(Map<String, T> groups) {
        return groups.values().iterator().next();
    }

    /** Prompts that no instance has taken, as the scaler of Kafka's lag sees them. */
    private long lag() {
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("causal-streams")
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, OffsetSpec> latest =
                    new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
            for (int partition = 0; partition < PARTITIONS; partition++) {
                latest.put(new TopicPartition("prompts", partition), OffsetSpec.latest());
            }
            return admin.listOffsets(latest).all().get().entrySet().stream()
                    .mapToLong(each -> each.getValue().offset()
                            - (committed.get(each.getKey()) == null
                                    ? 0
                                    : committed.get(each.getKey()).offset()))
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static long now() {
        return ScaledInstance.now();
    }

    private static AlterConfigOp set(String name, int value) {
        return new AlterConfigOp(new ConfigEntry(name, Integer.toString(value)), AlterConfigOp.OpType.SET);
    }
}
