package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DynamicMessage;
import io.apicurio.registry.serde.Legacy8ByteIdHandler;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.jsonschema.JsonSchemaKafkaDeserializer;
import io.apicurio.registry.serde.jsonschema.JsonSchemaKafkaSerializer;
import io.apicurio.registry.serde.protobuf.ProtobufKafkaDeserializer;
import io.apicurio.registry.serde.protobuf.ProtobufKafkaSerializer;
import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.registry.AvroForm;
import io.causalstreams.registry.ConfluentSchemaRegistry;
import io.causalstreams.registry.JsonSchemaForm;
import io.causalstreams.registry.ProtobufForm;
import io.causalstreams.registry.SchemaRegistry;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.OutputForm;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Prompts and outputs by Apicurio's serdes in either framing, held to what an Apicurio Registry has: what a model writes that
 * knows nothing, and what the real one does.
 */
@SuppressWarnings({"NullAway.Init", "try"}) // set before all; topologies only run
class SchemaRegistryIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int RECORDS = 6;
    private static final Schema MAIL = new Schema.Parser().parse("""
            {"type": "record", "name": "Mail", "namespace": "shop", "fields": [{"name": "text", "type": "string"}]}""");
    private static final String ORDER = """
            {"type": "record", "name": "Order", "namespace": "shop", "fields": [
              {"name": "customer", "type": "string"},
              {"name": "total", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}],
               "default": null},
              {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"]}}%s]}""";
    private static final String FIRST = ORDER.formatted("");
    private static final String SECOND =
            ORDER.formatted(", {\"name\": \"urgent\", \"type\": \"boolean\", \"default\": false}");

    private static ApicurioRegistry server;
    private static EmbeddedBroker broker;
    private static SchemaRegistry registry;

    @BeforeAll
    static void start() {
        server = ApicurioRegistry.start();
        broker = EmbeddedBroker.start();
        registry = ConfluentSchemaRegistry.at(server.confluentAddress());
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void shouldFollowTheSchemaOfTheOutputTopicWhileItRuns() throws Exception {
        // Given: Confluent's framing
        createTopics("mails", "orders");
        server.register("mails-value", body("AVRO", MAIL.toString()));
        server.register("orders-value", body("AVRO", FIRST));
        int first = registry.latest("orders-value").id();
        Serde<GenericRecord> mails = serde(
                new AvroKafkaSerializer<>(),
                new AvroKafkaDeserializer<>(),
                Map.of("apicurio.registry.auto-register", "true")); // of the journal
        Serde<GenericRecord> records = serde(new AvroKafkaSerializer<>(), new AvroKafkaDeserializer<>(), Map.of());
        try (GenerationEngine engine = tinyEngine();
                KafkaStreams streams = start(
                        engine, "evolution", "mails", mails, "orders", AvroForm.ofTopic(registry, "orders"), records)) {
            // When
            send("mails", mails, mail());
            List<ConsumerRecord<byte[], byte[]>> before = read("orders", RECORDS);
            server.register("orders-value", body("AVRO", SECOND));
            int second = registry.latest("orders-value").id();
            Await.await("records of the second version").atMost(LIMIT).until(() -> {
                send("mails", mails, mail());
                return read("orders", RECORDS + 1).stream().anyMatch(each -> idOf(each.value()) == second);
            });

            // Then: all that is written has a registered schema, and consumers of either version read it
            assertThat(before).allSatisfy(each -> assertThat(idOf(each.value())).isEqualTo(first));
            List<ConsumerRecord<byte[], byte[]>> all = read("orders", RECORDS + 1);
            Schema old = new Schema.Parser().parse(FIRST);
            Schema now = new Schema.Parser().parse(SECOND);
            for (ConsumerRecord<byte[], byte[]> each : all) {
                Schema writer = idOf(each.value()) == first ? old : now;
                assertThat(GenericData.get().validate(old, decoded(each.value(), writer, old)))
                        .isTrue();
                assertThat(GenericData.get().validate(now, decoded(each.value(), writer, now)))
                        .isTrue();
                assertThat(records.deserializer()
                                .deserialize("orders", each.value())
                                .getSchema())
                        .isEqualTo(writer);
            }
        }
    }

    @Test
    void shouldWriteProtobufInApicuriosFraming() throws Exception {
        // Given
        createTopics("texts", "visits");
        String source = """
                syntax = "proto3";
                package shop;
                import "google/protobuf/timestamp.proto";
                message Visit {
                  string who = 1;
                  google.protobuf.Timestamp at = 2;
                  repeated Place places = 3;
                  oneof kind {
                    string reason = 4;
                    int32 number = 5;
                  }
                  enum Place {
                    UNKNOWN = 0;
                    HALL = 1;
                  }
                }
                """;
        server.register("visits-value", body("PROTOBUF", source));
        Serde<DynamicMessage> messages = serde(
                new ProtobufKafkaSerializer<>(),
                new ProtobufKafkaDeserializer<>(),
                Map.of(
                        "apicurio.registry.id-handler",
                        Legacy8ByteIdHandler.class.getName(),
                        "apicurio.registry.find-latest",
                        "true"));
        try (GenerationEngine engine = tinyEngine();
                KafkaStreams streams = start(
                        engine,
                        "protobuf",
                        "texts",
                        Serdes.String(),
                        "visits",
                        ProtobufForm.ofTopic(registry, "visits"),
                        messages)) {
            // When
            send("texts", Serdes.String(), "x");
            // Then: eight bytes of the schema's id
            long id = registry.latest("visits-value").id();
            assertThat(read("visits", RECORDS)).allSatisfy(each -> {
                DynamicMessage message = messages.deserializer().deserialize("visits", each.headers(), each.value());
                assertThat(message.getDescriptorForType().getFullName()).isEqualTo("shop.Visit");
                assertThat(each.value()[0]).isZero();
                assertThat(ByteBuffer.wrap(each.value(), 1, 8).getLong()).isEqualTo(id);
            });
        }
    }

    @Test
    void shouldWriteJsonOfARegisteredSchema() throws Exception {
        // Given
        createTopics("notes", "facts");
        String schema =
                "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"properties\":"
                        + " {\"topic\": {\"type\": \"string\", \"maxLength\": 20}, \"sure\": {\"type\": \"boolean\"}},"
                        + " \"required\": [\"topic\", \"sure\"], \"additionalProperties\": false}";
        server.register("facts-value", body("JSON", schema));
        Serde<JsonNode> trees = serde(
                new JsonSchemaKafkaSerializer<>(),
                new JsonSchemaKafkaDeserializer<>(),
                Map.of("apicurio.registry.serde.validation-enabled", "false"));
        try (GenerationEngine engine = tinyEngine();
                KafkaStreams streams = start(
                        engine,
                        "json",
                        "notes",
                        Serdes.String(),
                        "facts",
                        JsonSchemaForm.ofTopic(registry, "facts"),
                        trees)) {
            // When
            send("notes", Serdes.String(), "x");
            // Then
            int id = registry.latest("facts-value").id();
            assertThat(read("facts", RECORDS)).allSatisfy(each -> {
                assertThat(idOf(each.value())).isEqualTo(id);
                JsonNode fact = JSON.readTree(each.value(), 5, each.value().length - 5);
                assertThat(fact.path("topic").isTextual()).isTrue();
                assertThat(fact.path("sure").isBoolean()).isTrue();
            });
        }
    }

    @Test
    void shouldExtractByTheRealModel() throws Exception {
        // Given
        createTopics("letters", "bought");
        server.register("bought-value", body("AVRO", FIRST));
        Serde<GenericRecord> records = serde(new AvroKafkaSerializer<>(), new AvroKafkaDeserializer<>(), Map.of());
        Path model = TestModels.smolLm2(Precision.INT8);
        try (GenerationEngine engine =
                        GenerationEngine.open(model, EngineConfig.defaults().withSlots(2));
                KafkaStreams streams = start(
                        engine,
                        "real",
                        "letters",
                        Serdes.String(),
                        text -> GenerationRequest.chat("Extract the order as JSON.\n\n" + text, 120),
                        "bought",
                        AvroForm.ofTopic(registry, "bought"),
                        records)) {
            // When
            send("letters", Serdes.String(), "Alice Miller has paid 12.50 for her order.");
            // Then
            assertThat(read("bought", RECORDS)).allSatisfy(each -> {
                GenericRecord order = records.deserializer().deserialize("bought", each.value());
                assertThat(order.get("customer").toString()).contains("Alice");
            });
        }
    }

    private static GenericRecord mail() {
        GenericRecord mail = new GenericData.Record(MAIL);
        mail.put("text", "whatever it says");
        return mail;
    }

    private static GenerationEngine tinyEngine() {
        return GenerationEngine.open(
                TestModels.tinyChat(), EngineConfig.defaults().withSlots(8).withIntraOpThreads(1));
    }

    private static <V, T> KafkaStreams start(
            GenerationEngine engine,
            String application,
            String from,
            Serde<V> values,
            String to,
            OutputForm<T> form,
            Serde<T> outputs) {
        SamplingParams sampling =
                SamplingParams.builder().maxTokens(1500).temperature(1).build();
        return start(
                engine,
                application,
                from,
                values,
                value -> GenerationRequest.of("", new Prompt.Text(String.valueOf(value)), sampling),
                to,
                form,
                outputs);
    }

    /** As an application does it: what has the form is written by the topic's serde, what was cut is left out. */
    private static <V, T> KafkaStreams start(
            GenerationEngine engine,
            String application,
            String from,
            Serde<V> values,
            ValueMapper<V, GenerationRequest> question,
            String to,
            OutputForm<T> form,
            Serde<T> outputs) {
        Map<String, Object> settings = Map.of(
                "application.id", application,
                "bootstrap.servers", broker.bootstrapServers(),
                "state.dir", TestFiles.fresh("state-").toString());
        CausalStreams causal = new CausalStreams(engine, settings);
        StreamsBuilder builder = new StreamsBuilder();
        causal.ask(builder.stream(from, Consumed.with(Serdes.String(), values)), question)
                .extract(form)
                .filter((key, each) -> each.found() != null)
                .mapValues(each -> each.found())
                .to(to, Produced.with(Serdes.String(), outputs));
        KafkaStreams streams = causal.kafkaStreams(builder.build());
        streams.start();
        return streams;
    }

    private static <T> Serde<T> serde(
            Serializer<T> serializer, Deserializer<T> deserializer, Map<String, String> more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("apicurio.registry.url", server.apicurioAddress());
        settings.put("apicurio.registry.auto-register", "false");
        // what was registered has its types in it, and its own white space
        settings.put("apicurio.registry.dereference-schema", "true");
        settings.put("apicurio.registry.canonicalize", "true");
        settings.putAll(more);
        serializer.configure(settings, false);
        deserializer.configure(settings, false);
        return Serdes.serdeFrom(serializer, deserializer);
    }

    private static <V> void send(String topic, Serde<V> values, V value) throws Exception {
        try (KafkaProducer<String, V> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(), values.serializer())) {
            List<Future<RecordMetadata>> sent = IntStream.range(0, RECORDS)
                    .mapToObj(each -> producer.send(new ProducerRecord<>(topic, "k" + each, value)))
                    .toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast) {
        return Committed.read(broker.bootstrapServers(), topic, atLeast, LIMIT);
    }

    /** The schema's id in Confluent's wire format: a zero, and four bytes. */
    private static int idOf(byte[] value) {
        assertThat(value[0]).isZero();
        return ByteBuffer.wrap(value, 1, 4).getInt();
    }

    private static GenericRecord decoded(byte[] value, Schema writer, Schema reader) throws Exception {
        return new GenericDatumReader<GenericRecord>(writer, reader)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    private static void createTopics(String... topics) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Arrays.stream(topics)
                            .map(each -> new NewTopic(each, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static String body(String type, String schema) {
        ObjectNode body = JSON.createObjectNode().put("schema", schema);
        if (!type.equals("AVRO")) {
            body.put("schemaType", type);
        }
        return body.toString();
    }
}
