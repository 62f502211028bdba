package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.internal.answer.Refusals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The whole topology under virtual time. */
final class OperatorDriver implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    final MeterRegistry meters = new SimpleMeterRegistry();
    final CausalStreams causalStreams;
    final TopologyTestDriver driver;
    private final Refusals refusals;
    final TestInputTopic<byte[], byte[]> prompts;
    final TestOutputTopic<byte[], byte[]> tokens;
    final TestOutputTopic<byte[], byte[]> completions;
    final TestOutputTopic<byte[], byte[]> deadLetters;

    OperatorDriver(GenerationEngine engine) {
        this(engine, Map.of());
    }

    OperatorDriver(GenerationEngine engine, Map<String, Object> settings) {
        this(engine, settings, OpenTelemetry.noop());
    }

    OperatorDriver(GenerationEngine engine, Map<String, Object> settings, OpenTelemetry telemetry) {
        this(engine, settings, telemetry, AdapterCatalog.none());
    }

    OperatorDriver(
            GenerationEngine engine, Map<String, Object> settings, OpenTelemetry telemetry, AdapterCatalog adapters) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("application.id", "app");
        all.put("bootstrap.servers", "none:1");
        causalStreams = new CausalStreams(engine, all, meters, telemetry, adapters);
        Properties properties = causalStreams.streamsProperties();
        refusals = (Refusals) Objects.requireNonNull(properties.get(Refusals.PROPERTY));
        driver = new TopologyTestDriver(causalStreams.topology(), properties, START);
        prompts = driver.createInputTopic(
                "prompts", new ByteArraySerializer(), new ByteArraySerializer(), START, Duration.ZERO);
        tokens = output("tokens");
        completions = output("completions");
        deadLetters = output("dead-letters");
    }

    /** A topic has refused a record of the answer to a prompt of this id that is sent now: it was too large. */
    void refuse(OutputEvent.Kind kind, String id, String topic) {
        refusals.learn(
                kind,
                id,
                new ProducerRecord<>(topic, null, START.toEpochMilli(), bytes("k"), new byte[0]),
                new RecordTooLargeException("too large"));
    }

    void send(@Nullable String key, @Nullable String json) {
        send(key, json, Map.of());
    }

    void send(@Nullable String key, @Nullable String json, Map<String, String> headers) {
        RecordHeaders all = new RecordHeaders();
        headers.forEach((name, value) -> all.add(name, bytes(value)));
        prompts.pipeInput(new TestRecord<>(bytes(key), bytes(json), all));
    }

    /** Lets {@code ms} pass; the punctuation runs. */
    void advance(long ms) {
        driver.advanceWallClockTime(Duration.ofMillis(ms));
    }

    List<TokenEvent> tokenEvents() {
        return tokens.readValuesToList().stream().map(EventJson::readToken).toList();
    }

    List<CompletionEvent> completionEvents() {
        return completions.readValuesToList().stream()
                .map(EventJson::readCompletion)
                .toList();
    }

    CompletionEvent completion() {
        return EventJson.readCompletion(completions.readValue());
    }

    static String header(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
    }

    TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
