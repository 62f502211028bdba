package io.causalstreams.topology.upgrade;

import io.causalstreams.testkit.ScriptedEngine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** A {@link Scenario} under virtual time, with an engine that is stepped by hand. */
final class ScenarioRun implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    /** Between the stop and what follows. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    final ScriptedEngine engine;

    private final TopologyTestDriver driver;
    private final List<Recording.Entry> sent = new ArrayList<>();

    /** Of what the operators wrote, what was read before it was taken. */
    private final List<Recording.Entry> read = new ArrayList<>();

    /** From empty journals. */
    static ScenarioRun fresh(Scenario scenario) {
        return new ScenarioRun(scenario, Map.of(), START);
    }

    /** After a stop of {@link #PAUSE}, from the journals that were left. */
    static ScenarioRun restored(Scenario scenario, Recording recording) {
        return new ScenarioRun(scenario, recording.stores(Scenario.APPLICATION), START.plus(PAUSE));
    }

    private ScenarioRun(Scenario scenario, Map<String, Map<Bytes, byte[]>> stores, Instant now) {
        engine = ScriptedEngine.saying(scenario::script);
        Properties properties = scenario.properties(engine);
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, Scenario.APPLICATION);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG, RestoredStores.class);
        properties.put(RestoredStores.CONTENT, stores);
        StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
        scenario.attachTo(builder, engine);
        driver = new TopologyTestDriver(builder.build(), properties, now);
    }

    static Header header(String name, byte[] value) {
        return new RecordHeader(name, value);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    /** The scenario's start is the record's timestamp. */
    void send(String topic, String key, String value, Header... headers) {
        send(new Recording.Entry(
                topic,
                Bytes.wrap(bytes(key)),
                Bytes.wrap(bytes(value)),
                START.toEpochMilli(),
                new RecordHeaders(headers)));
    }

    void send(Recording.Entry entry) {
        driver.createInputTopic(
                        entry.topic(), new ByteArraySerializer(), new ByteArraySerializer(), START, Duration.ZERO)
                .pipeInput(new TestRecord<>(
                        entry.key() == null ? null : entry.key().get(),
                        entry.value() == null ? null : entry.value().get(),
                        new RecordHeaders(entry.headers()),
                        entry.timestamp()));
        sent.add(entry);
    }

    /** One token of each running request, published. */
    void step() {
        engine.step();
        turn();
    }

    /** Lets the operators have their turn. */
    void turn() {
        driver.advanceWallClockTime(Duration.ofMillis(10));
    }

    /** Goes on after {@link #PAUSE}, as if nothing had stopped it. */
    void pause() {
        driver.advanceWallClockTime(PAUSE);
    }

    /** Until every request has its answer. */
    void runToTheEnd() {
        for (int turns = 0; turns < 20 || !engine.running().isEmpty(); turns++) {
            engine.runAll();
            turn();
        }
    }

    /** What was sent and written since the last call, topic by topic. */
    List<Recording.Entry> taken() {
        List<Recording.Entry> entries = new ArrayList<>(sent);
        sent.clear();
        read.clear();
        for (String topic : new TreeSet<>(driver.producedTopicNames())) {
            entries.addAll(read(topic));
        }
        return entries;
    }

    /** What was written to a topic since {@link #taken} was called, which gives it once more. */
    List<Recording.Entry> published(String topic) {
        List<Recording.Entry> now = read(topic);
        read.addAll(now);
        sent.addAll(now);
        return read.stream().filter(entry -> entry.topic().equals(topic)).toList();
    }

    private List<Recording.Entry> read(String topic) {
        return driver
                .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .stream()
                .map(each -> new Recording.Entry(
                        topic, Bytes.wrap(each.key()), Bytes.wrap(each.value()), each.timestamp(), each.headers()))
                .toList();
    }

    @Override
    public void close() {
        driver.close();
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
