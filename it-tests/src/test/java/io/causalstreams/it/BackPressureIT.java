package io.causalstreams.it;

import static io.causalstreams.it.OperatorClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** More prompts than the engine can take: they wait in their topic, at a bounded cost, and none is lost. */
@SuppressWarnings("NullAway.Init") // set before each
@Isolated
class BackPressureIT {
    private static final int PROMPTS = 10_000;
    private static final int PARTITIONS = 2;
    private static final int JOURNAL_ENTRIES = 200;
    /** Of one poll: what was fetched before the gate closed is still taken. */
    private static final int POLL_RECORDS = 64;

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Random random = Seeds.random("BackPressureIT");
    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.start();
        Topics.createMissing(
                KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), PARTITIONS);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void shouldLetTenThousandPromptsWaitInTheirTopic() throws Exception {
        // Given: more long requests than each task gives to the engine, so that everything else waits
        Map<String, Object> settings = settings();
        try (SlowEngine engine = slow(Duration.ofMillis(60));
                InProcessOperator operator = InProcessOperator.start(engine, broker.bootstrapServers(), settings);
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            List<String> blockers =
                    IntStream.range(0, 16).mapToObj(i -> "long-" + i).toList();
            blockers.forEach(id -> client.send(id, prompt(id, 2000)));
            client.readUntil("a token", LIMIT, () -> !client.tokens.isEmpty());
            long heapBefore = usedHeap();

            // When
            List<String> ids = sendAll();

            // Then: the backlog is consumer lag, journal and heap are bounded
            Await.await("full journals")
                    .atMost(LIMIT)
                    .until(() -> journalEntries(operator) >= PARTITIONS * JOURNAL_ENTRIES);
            long mostEntries = 0;
            for (int i = 0; i < 20; i++) {
                Thread.sleep(100);
                mostEntries = Math.max(mostEntries, journalEntries(operator));
            }
            long lag = lag();
            long heapGrowth = usedHeap() - heapBefore;
            System.out.printf(
                    "BackPressureIT: lag %d, journal at most %d entries, heap grew by %d KiB%n",
                    lag, mostEntries, heapGrowth >> 10);
            long bound = PARTITIONS * (JOURNAL_ENTRIES + POLL_RECORDS);
            long tokenChunks = blockers.size() * (2000L / 8);
            assertThat(mostEntries).isLessThanOrEqualTo(bound + tokenChunks);
            assertThat(lag).isGreaterThanOrEqualTo(PROMPTS - bound);
            assertThat(heapGrowth).isLessThan(64L << 20);

            // and a cancel reaches a request that waits, past all that is before it in the topic
            String waiting = ids.get(10);
            client.sendBytes(
                    key(waiting), "{}".getBytes(StandardCharsets.UTF_8), header("causal-streams-cancel", waiting));
            client.readCompletions(List.of(waiting), LIMIT);
            assertThat(finishReason(client, waiting)).isEqualTo("cancelled");
            assertThat(lag()).isGreaterThanOrEqualTo(PROMPTS - bound);

            // and once there is room again, every prompt is answered once
            for (String blocker : blockers) {
                client.sendBytes(key(blocker), null);
            }
            client.readCompletions(ids, LIMIT);
            List<String> answered = new ArrayList<>(ids);
            answered.remove(waiting);
            assertThat(client.violations(answered)).isEmpty();
            assertThat(client.deadLetters).isEmpty();
            assertThat(operator.deaths).hasValue(0);
            Await.await("no lag is left").atMost(LIMIT).until(() -> lag() == 0);
        }
    }

    private static SlowEngine slow(Duration perToken) {
        return new SlowEngine(
                GenerationEngine.open(
                        TestModels.tinyChat(),
                        EngineConfig.defaults()
                                .withSlots(16)
                                .withIntraOpThreads(1)
                                .withPrefixCacheTokens(0)),
                perToken,
                50);
    }

    private static Map<String, Object> settings() {
        Map<String, Object> settings = new TreeMap<>();
        settings.put(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, JOURNAL_ENTRIES);
        settings.put(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 4);
        settings.put(CausalStreamsConfig.REMEMBER_MAX_ENTRIES_CONFIG, 0);
        settings.put(CausalStreamsConfig.TOKENS_PER_EVENT_CONFIG, 64);
        return settings;
    }

    private List<String> sendAll() throws Exception {
        List<String> ids = new ArrayList<>();
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < PROMPTS; i++) {
                String id = "p-" + i;
                ids.add(id);
                byte[] value = prompt(id, random.nextInt(1, 5)).getBytes(StandardCharsets.UTF_8);
                sends.add(producer.send(new ProducerRecord<>("prompts", key(id), value)));
            }
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
        }
        return ids;
    }

    private static byte[] key(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    private static String prompt(String id, int tokens) {
        return "{\"id\": \"" + id + "\", \"prompt\": \"Say it\", \"ignore_eos\": true, \"max_tokens\": " + tokens + "}";
    }

    private static String finishReason(OperatorClient client, String id) {
        return client.completion(id)
                .path("choices")
                .path(0)
                .path("finish_reason")
                .asText();
    }

    /** Records in the journals: a request that waits is one, those in the engine have their tokens beside it. */
    private static long journalEntries(InProcessOperator operator) {
        ReadOnlyKeyValueStore<Bytes, byte[]> store = operator.streams()
                .store(StoreQueryParameters.fromNameAndType(
                        "causal-streams-journal", QueryableStoreTypes.keyValueStore()));
        return store.approximateNumEntries();
    }

    private long lag() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("causal-streams")
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                TopicPartition prompts = new TopicPartition("prompts", partition);
                OffsetAndMetadata position = committed.get(prompts);
                lag += admin.listOffsets(Map.of(prompts, OffsetSpec.latest()))
                                .partitionResult(prompts)
                                .get()
                                .offset()
                        - (position == null ? 0 : position.offset());
            }
            return lag;
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
