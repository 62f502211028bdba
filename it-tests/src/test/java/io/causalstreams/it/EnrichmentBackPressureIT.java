package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A one-line operator in somebody's topology that gets more records than it can take. */
@SuppressWarnings("NullAway.Init") // set before each
@Isolated
class EnrichmentBackPressureIT {
    private static final String RECORDS = "records";
    private static final String ANSWERED = "answered";
    private static final int PARTITIONS = 2;
    private static final int JOURNAL_ENTRIES = 200;
    private static final int POLL_RECORDS = 64;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = EmbeddedBroker.start();
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topic(RECORDS), topic(ANSWERED))).all().get();
        }
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void shouldLetTenThousandRecordsWaitInTheirTopic() throws Exception {
        int records = 10_000;
        try (HeldEngine engine = new HeldEngine();
                KafkaStreams streams = start(engine, JOURNAL_ENTRIES, causal -> causal::kafkaStreams)) {
            long heapBefore = usedHeap();

            // When
            send(records);

            // Then: the backlog is consumer lag, journal and heap are bounded
            Await.await("full journals")
                    .atMost(LIMIT)
                    .until(() -> journalEntries(streams) >= PARTITIONS * JOURNAL_ENTRIES);
            Thread.sleep(3000);
            long bound = PARTITIONS * (JOURNAL_ENTRIES + POLL_RECORDS);
            long heapGrowth = usedHeap() - heapBefore;
            System.out.printf(
                    "EnrichmentBackPressureIT: lag %d, journal %d entries, heap grew by %d KiB%n",
                    lag(), journalEntries(streams), heapGrowth >> 10);
            assertThat(journalEntries(streams)).isLessThanOrEqualTo(bound);
            assertThat(lag()).isGreaterThanOrEqualTo(records - bound);
            assertThat(heapGrowth).isLessThan(64L << 20);

            // and once there is room, every record is answered once
            engine.letGo();
            assertAnsweredOnce(records);
            Await.await("no lag is left").atMost(LIMIT).until(() -> lag() == 0);
        }
    }

    @Test
    void shouldReadSlowlyWhenNothingWasInstalledToPause() throws Exception {
        int records = 2_000;
        int entries = 40; // few: the second journal is filled slowly already
        long bound = (long) PARTITIONS * entries;
        try (HeldEngine engine = new HeldEngine();
                KafkaStreams streams = start(engine, entries, causal -> this::withoutPauses)) {
            // When
            send(records);

            // Then: 5 records a second go beyond the bound
            Await.await("full journals").atMost(LIMIT).until(() -> journalEntries(streams) >= bound);
            long full = System.nanoTime();
            Await.await("it goes on").atMost(LIMIT).until(() -> journalEntries(streams) >= bound + 5);
            double seconds = (System.nanoTime() - full) / 1e9;
            assertThat((double) journalEntries(streams)).isLessThan(bound + 60 + 5 * seconds);

            engine.letGo();
            assertAnsweredOnce(records);
        }
    }

    private KafkaStreams start(
            HeldEngine engine, int journalEntries, Function<CausalStreams, Function<Topology, KafkaStreams>> client) {
        Map<String, Object> settings = new HashMap<>(properties());
        settings.put(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, journalEntries);
        settings.put(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 16);
        CausalStreams causal = new CausalStreams(engine, settings);
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> records = builder.stream(RECORDS);
        causal.ask(records, record -> GenerationRequest.chat(record, 5))
                .join((record, answer) -> record + ": " + answer.content())
                .to(ANSWERED);
        KafkaStreams streams = client.apply(causal).apply(builder.build());
        streams.start();
        Await.await("the topology runs").atMost(LIMIT).until(() -> streams.state() == KafkaStreams.State.RUNNING);
        return streams;
    }

    private KafkaStreams withoutPauses(Topology topology) {
        Properties properties = new Properties();
        properties.putAll(properties());
        return new KafkaStreams(topology, properties);
    }

    private Map<String, Object> properties() {
        return Map.of(
                "application.id",
                "enriching",
                "bootstrap.servers",
                broker.bootstrapServers(),
                "processing.guarantee",
                "exactly_once_v2",
                "auto.offset.reset",
                "earliest",
                "default.key.serde",
                Serdes.StringSerde.class,
                "default.value.serde",
                Serdes.StringSerde.class,
                "state.dir",
                TestFiles.fresh("state-").toString());
    }

    private void send(int records) throws Exception {
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(clients(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < records; i++) {
                sends.add(producer.send(new ProducerRecord<>(RECORDS, "key-" + i, "record " + i)));
            }
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
        }
    }

    private void assertAnsweredOnce(int records) {
        List<String> answers = new ArrayList<>();
        Map<String, Object> config = new TreeMap<>(clients());
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "earliest");
        config.put("group.id", "reader");
        try (KafkaConsumer<String, String> reader =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            reader.subscribe(List.of(ANSWERED));
            Instant end = Instant.now().plus(LIMIT);
            while (answers.size() < records && Instant.now().isBefore(end)) {
                reader.poll(Duration.ofMillis(100)).forEach(answer -> answers.add(answer.value()));
            }
            reader.poll(Duration.ofSeconds(1)).forEach(answer -> answers.add(answer.value()));
        }
        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, records)
                        .mapToObj(i -> "record " + i + ": It is so.")
                        .collect(Collectors.toList()));
    }

    private static long journalEntries(KafkaStreams streams) {
        ReadOnlyKeyValueStore<Bytes, byte[]> store = streams.store(StoreQueryParameters.fromNameAndType(
                "causal-streams-enrich-journal", QueryableStoreTypes.keyValueStore()));
        return store.approximateNumEntries();
    }

    private long lag() throws Exception {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("enriching")
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                TopicPartition records = new TopicPartition(RECORDS, partition);
                OffsetAndMetadata position = committed.get(records);
                lag += admin.listOffsets(Map.of(records, OffsetSpec.latest()))
                                .partitionResult(records)
                                .get()
                                .offset()
                        - (position == null ? 0 : position.offset());
            }
            return lag;
        }
    }

    private Admin admin() {
        return Admin.create(clients());
    }

    private Map<String, Object> clients() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, Optional.of(PARTITIONS), Optional.empty());
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
