package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code serve}, {@code produce} and {@code tail} with {@code --value-format}, against a real registry. */
@MostlyWaits
@SuppressWarnings("NullAway.Init") // set before all
class ValueFormatIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAGE = Path.of("../docs/schema-registry.md");
    private static final String PROTO_PROMPT = """
            syntax = "proto3";
            message Prompt { string id = 1; string prompt = 2; optional int32 max_tokens = 3; optional bool ignore_eos = 4; }
            """;
    private static final String PROTO_COMPLETION = """
            syntax = "proto3";
            message Completion {
              message Choice { int32 index = 1; optional string text = 2; string finish_reason = 3; }
              message Usage { int32 prompt_tokens = 1; int32 completion_tokens = 2; int32 total_tokens = 3; }
              message Failure { string code = 1; string message = 2; }
              string id = 1;
              repeated Choice choices = 2;
              Usage usage = 3;
              optional Failure error = 4;
            }
            """;
    private static final String PROTO_CHAT = """
            syntax = "proto3";
            message Prompt {
              message Message { string role = 1; string content = 2; }
              optional string model = 1;
              repeated Message messages = 2;
              optional int32 max_tokens = 3;
              optional bool ignore_eos = 4;
              optional double temperature = 5;
            }
            """;
    private static final String PROTO_DOOR_COMPLETION = """
            syntax = "proto3";
            message Completion {
              message Answer { string role = 1; string content = 2; }
              message Choice { int32 index = 1; Answer message = 2; string finish_reason = 3; }
              message Cached { int32 cached_tokens = 1; }
              message Usage { int32 prompt_tokens = 1; int32 completion_tokens = 2; int32 total_tokens = 3; Cached prompt_tokens_details = 4; }
              message Failure { string code = 1; string message = 2; }
              string id = 1;
              string object = 2;
              int64 created = 3;
              string model = 4;
              repeated Choice choices = 5;
              Usage usage = 6;
              Failure error = 7;
            }
            """;
    private static final String ANY_OBJECT =
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\"}";

    private static ApicurioRegistry registry;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        registry = ApicurioRegistry.start();
        broker = EmbeddedBroker.start();
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void shouldAnswerAvroInAvroByOtherPeoplesSerdes() throws Exception {
        // Given: the schemas of the documentation
        String prompt = documented("Prompt");
        register("typed", "AVRO", prompt, documented("Completion"));
        try (CommandProcess serve = serve("typed", "avro")) {
            // When: by Apicurio's serializer, one of them invalid, as JSON, and in a frame of no schema
            byte[] valid = avroPrompt("typed", prompt, "a", 1);
            byte[] invalid = avroPrompt("typed", prompt, "i", -1);
            send("typed-prompts", "a", valid);
            send("typed-prompts", "i", invalid);
            send(
                    "typed-prompts",
                    "j",
                    "{\"id\":\"j\",\"prompt\":\"x\",\"temperature\":-1}".getBytes(StandardCharsets.UTF_8));
            byte[] nothing = {0, 0x7f, 0, 0, 1, 9, 9};
            send("typed-prompts", "n", nothing);

            // Then
            Map<String, GenericRecord> completions = new HashMap<>();
            try (AvroKafkaDeserializer<GenericRecord> avro = new AvroKafkaDeserializer<>()) {
                avro.configure(apicurio(), false);
                for (ConsumerRecord<byte[], byte[]> each : read("typed-completions", 3)) {
                    GenericRecord completion = avro.deserialize("typed-completions", each.value());
                    completions.put(completion.get("id").toString(), completion);
                }
            }
            GenericRecord answered = Objects.requireNonNull(completions.get("a"));
            GenericRecord usage = (GenericRecord) answered.get("usage");
            assertThat(usage.get("completion_tokens")).isEqualTo(7);
            assertThat(answered.get("error")).isNull();
            assertThat(List.of("i", "j"))
                    .allSatisfy(id -> assertThat(Objects.requireNonNull(completions.get(id))
                                    .get("error")
                                    .toString())
                            .contains("INVALID_REQUEST", "temperature"));
            assertThat(read("typed-dead-letters", 3))
                    .as("the records as they were")
                    .extracting(ConsumerRecord::value)
                    .contains(nothing, invalid);
            assertThat(serve.isAlive()).isTrue();
        }
    }

    /** Of seven tokens, by Apicurio's serializer. */
    private static byte[] avroPrompt(String prefix, String schema, String id, double temperature) {
        GenericRecord asked = new GenericData.Record(new Schema.Parser().parse(schema));
        asked.put("id", id);
        asked.put("prompt", "x");
        asked.put("max_tokens", 7);
        asked.put("ignore_eos", true);
        asked.put("temperature", temperature);
        try (AvroKafkaSerializer<GenericRecord> avro = new AvroKafkaSerializer<>()) {
            avro.configure(apicurio(), false);
            return avro.serialize(prefix + "-prompts", asked);
        }
    }

    @ParameterizedTest
    @CsvSource({"avro, AVRO", "protobuf, PROTOBUF", "json-schema, JSON"})
    void shouldProduceServeTailAndReplayInTheSameFormat(String format, String type) throws Exception {
        // Given
        switch (format) {
            case "avro" -> register(format, type, documented("Prompt"), documented("Completion"));
            case "protobuf" -> register(format, type, PROTO_PROMPT, PROTO_COMPLETION);
            default -> register(format, type, ANY_OBJECT, ANY_OBJECT);
        }
        try (CommandProcess serve = serve(format, format)) {
            // When
            command(
                    format,
                    "produce",
                    "--value-format",
                    format,
                    "{\"id\":\"one\",\"prompt\":\"x\",\"max_tokens\":5,\"ignore_eos\":true}");

            // Then
            String told = command(format, "tail", "--value-format", format, "--id", "one", "--json");
            JsonNode completion = told.lines()
                    .filter(line -> line.contains("\"usage\""))
                    .map(ValueFormatIT::tree)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(told));
            assertThat(completion.at("/usage/completion_tokens").asInt()).isEqualTo(5);
            assertThat(completion.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            String replayed = command(
                    format,
                    "replay",
                    "--value-format",
                    format,
                    "--model",
                    TestModels.tinyChatCheckpoint().toString(),
                    "--adapter",
                    "base");
            assertThat(replayed).contains("1 prompts, ", "1 recorded answers");
            assertThat(read(format + "-prompts", 1).get(0).value()[0]).isZero();
            assertThat(read(format + "-completions", 1).get(0).value()[0]).isZero();
            assertThat(serve.isAlive()).isTrue();
        }
    }

    @Test
    void shouldAnswerOverHttpByTheSameSchemasAndSendADeadLetterAgainAsItWas() throws Exception {
        // Given: the schemas of the documentation
        String schema = documented("Prompt");
        register("door", "AVRO", schema, documented("Completion"));
        int port = FreePort.find();
        try (CommandProcess serve = serve("door", "avro", "--http-port", Integer.toString(port), "--http-console")) {
            // When
            String chat =
                    "{\"model\":\"tiny-chat\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":5,\"ignore_eos\":true,\"user\":null%s}";
            HttpClients.Whole answer = HttpClients.post(port, "/v1/chat/completions", chat.formatted(""));
            HttpClients.Whole unwritable =
                    HttpClients.post(port, "/v1/chat/completions", chat.formatted(",\"top_p\":0.5"));
            HttpClients.Streamed streamed = HttpClients.stream(
                    port,
                    "/v1/chat/completions",
                    chat.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
            byte[] invalid = avroPrompt("door", schema, "i", -1);
            send("door-prompts", "i", invalid);
            read("door-dead-letters", 1);
            HttpClients.Whole again = HttpClients.post(port, "/console/api/dead-letters/0/0/send", "");

            // Then
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            assertThat(answer.body().path("object").asText()).isEqualTo("chat.completion");
            assertThat(answer.body().at("/usage/completion_tokens").asInt()).isEqualTo(5);
            assertThat(unwritable.status()).isEqualTo(400);
            assertThat(unwritable.body().at("/error/param").asText()).isEqualTo("top_p");
            assertThat(streamed.whole()).isTrue();
            assertThat(streamed.events())
                    .anySatisfy(event -> assertThat(event.data()).contains("\"completion_tokens\":5"));
            assertThat(again.status()).as(again.body().toString()).isEqualTo(200);
            assertThat(read("door-dead-letters", 2))
                    .extracting(ConsumerRecord::value)
                    .containsExactly(invalid, invalid);
            assertThat(read("door-prompts", 4))
                    .allSatisfy(record -> assertThat(record.value()[0]).isZero());
            assertThat(serve.isAlive()).isTrue();
        }
    }

    @Test
    void shouldAnswerOverHttpInProtobufWithItsZerosAndWithoutChoices() throws Exception {
        // Given: fields that are not optional
        register("proto-door", "PROTOBUF", PROTO_CHAT, PROTO_DOOR_COMPLETION);
        int port = FreePort.find();
        try (CommandProcess serve = serve("proto-door", "protobuf", "--http-port", Integer.toString(port))) {
            // When
            String chat = "{\"model\":\"tiny-chat\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                    + "\"max_tokens\":5,\"ignore_eos\":true,\"temperature\":%d}";
            HttpClients.Whole answer = HttpClients.post(port, "/v1/chat/completions", chat.formatted(0));
            HttpClients.Whole invalid = HttpClients.post(port, "/v1/chat/completions", chat.formatted(-1));

            // Then
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            assertThat(answer.body().at("/choices/0/index").isInt()).isTrue();
            assertThat(answer.body()
                            .at("/usage/prompt_tokens_details/cached_tokens")
                            .isInt())
                    .isTrue();
            assertThat(invalid.status()).as(invalid.body().toString()).isEqualTo(400);
            assertThat(invalid.body().at("/error/message").asText()).contains("temperature");
            assertThat(serve.isAlive()).isTrue();
        }
    }

    @Test
    void shouldRefuseToStartWithASchemaThatCannotTakeEveryCompletion() {
        register(
                "narrow",
                "AVRO",
                documented("Prompt"),
                "{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"nobody_writes_this\",\"type\":\"string\"}]}");
        try (CommandProcess serve = start("narrow", "serve", "--value-format", "avro", "--model", model())) {
            assertThat(serve.awaitExit(LIMIT)).isEqualTo(1);
            assertThat(serve.output()).contains("narrow-completions-value").contains("nobody_writes_this");
        }
    }

    @Test
    void shouldTellBeforeItWaitsForABrokerThatTheHttpDoorCannotOpen() {
        register(
                "half",
                "AVRO",
                documented("Prompt"),
                documented("Completion")
                        .replace("\"name\": \"total_tokens\"", "\"name\": \"all_tokens\", \"default\": 0"));
        try (CommandProcess serve = start(
                "half",
                "serve",
                "--value-format",
                "avro",
                "--model",
                model(),
                "--http-port",
                Integer.toString(FreePort.find()),
                "--bootstrap-servers",
                "127.0.0.1:1")) {
            assertThat(serve.awaitExit(LIMIT)).isEqualTo(1);
            assertThat(serve.output()).contains("half-completions").contains("usage.total_tokens");
        }
    }

    private static CommandProcess serve(String prefix, String format, String... more) {
        List<String> words = new ArrayList<>(
                List.of("serve", "--value-format", format, "--model", model(), "--threads", "1", "--partitions", "1"));
        words.addAll(List.of(more));
        CommandProcess serve = start(prefix, words.toArray(String[]::new));
        serve.awaitOutput("Serving ", LIMIT);
        return serve;
    }

    private static String command(String prefix, String... words) {
        try (CommandProcess command = start(prefix, words)) {
            assertThat(command.awaitExit(LIMIT)).as(command.output()).isZero();
            return command.output();
        }
    }

    private static CommandProcess start(String prefix, String... words) {
        Map<String, String> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("schema.registry.url", registry.confluentAddress());
        settings.put("application.id", prefix);
        settings.put("state.dir", TestFiles.fresh("state-").toString());
        for (String topic : List.of("prompts", "tokens", "completions", "dead-letters")) {
            settings.put("causal.streams." + topic.replace('-', '.') + ".topic", prefix + "-" + topic);
        }
        return CommandProcess.start(
                Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m"),
                Stream.concat(
                                Stream.of(words),
                                Stream.of(
                                        "--config",
                                        TestFiles.properties(settings).toString()))
                        .toArray(String[]::new));
    }

    private static String model() {
        return TestModels.tinyChat().toString();
    }

    private static void register(String prefix, String type, String prompt, String completion) {
        registry.register(prefix + "-prompts-value", body(type, prompt));
        registry.register(prefix + "-completions-value", body(type, completion));
    }

    /** The Avro schema of this name in the documentation. */
    private static String documented(String name) {
        try {
            String page = Files.readString(PAGE);
            int begin = page.indexOf("{\"type\": \"record\", \"name\": \"" + name + "\"");
            return page.substring(begin, page.indexOf("```", begin));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String body(String type, String schema) {
        ObjectNode body = JSON.createObjectNode().put("schema", schema);
        if (!type.equals("AVRO")) {
            body.put("schemaType", type);
        }
        return body.toString();
    }

    private static Map<String, Object> apicurio() {
        return Map.of(
                "apicurio.registry.url", registry.apicurioAddress(),
                "apicurio.registry.auto-register", "false",
                "apicurio.registry.dereference-schema", "true",
                "apicurio.registry.canonicalize", "true");
    }

    private static void send(String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast) {
        return Committed.read(broker.bootstrapServers(), topic, atLeast, LIMIT);
    }

    private static JsonNode tree(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
