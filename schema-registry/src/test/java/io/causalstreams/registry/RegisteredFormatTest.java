package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.causalstreams.topology.FormUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisteredFormatTest {
    private static final byte[] FRAMED = {0, 0, 0, 0, 7, 4, 120};
    private static final byte[] EMPTY = {'{', '}'};
    private static final String LATEST = "/subjects/completions-value/versions/latest";
    private static final String BY_ID = "/schemas/ids/7";
    private static final String REFERENCED = "/subjects/text/versions/1";
    private static final Answer NO_SCHEMA = Answer.failure(404, 40403);

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean hangs = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;

    private record Answer(int status, String body) {
        static Answer schema(String type, String text, String references) {
            String quoted = text.replace("\"", "\\\"");
            return new Answer(
                    200,
                    "{\"id\":7,\"version\":1,\"schemaType\":\"%s\",\"schema\":\"%s\",\"references\":[%s]}"
                            .formatted(type, quoted, references));
        }

        static Answer failure(int status, int code) {
            return new Answer(status, "{\"error_code\":" + code + ",\"message\":\"why\"}");
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            while (hangs.get()) {
                LockSupport.parkNanos(1_000_000);
            }
            Answer answer = answers.getOrDefault(exchange.getRequestURI().getPath(), NO_SCHEMA);
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        hangs.set(false);
        server.stop(0);
    }

    @Test
    void shouldTakeValuesWithoutAFrameAsTheyAre() {
        byte[] json = "{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(away().toJson("prompts", json)).isSameAs(json);
    }

    @Test
    void shouldWaitForARegistryThatDoesNotAnswer() {
        assertThatThrownBy(() -> away().toJson("prompts", FRAMED))
                .isInstanceOf(FormUnavailableException.class)
                .hasMessageContaining("schema id 7");
    }

    @ParameterizedTest
    @CsvSource({"404, 404", "404, 40401", "404, 0", "401, 40101", "429, 42901", "500, 50001", "503, 0", "200, 0"})
    void shouldWaitForARegistryThatDoesNotSayThatThereIsNoSuchSchema(int status, int code) {
        answers.put(BY_ID, Answer.failure(status, code));
        assertThatThrownBy(() -> format().toJson("prompts", FRAMED)).isInstanceOf(FormUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500})
    void shouldWaitForASchemaThatTheFirstRefersTo(int status) {
        // Given
        String reference = "{\"name\":\"Text\",\"subject\":\"text\",\"version\":1}";
        answers.put(
                BY_ID,
                Answer.schema(
                        "AVRO",
                        "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"prompt\",\"type\":\"Text\"}]}",
                        reference));
        answers.put(REFERENCED, Answer.failure(status, status * 100));
        RegisteredFormat format = RegisteredFormat.of(registry(), SchemaType.AVRO, Duration.ZERO);

        // Then
        assertThatThrownBy(() -> format.toJson("prompts", FRAMED))
                .isInstanceOf(FormUnavailableException.class)
                .hasMessageContaining("subject text");
        answers.put(REFERENCED, Answer.failure(404, 40402));
        assertThat(format.toJson("prompts", FRAMED)).isSameAs(FRAMED);
        answers.put(
                REFERENCED,
                Answer.schema("AVRO", "{\"type\":\"enum\",\"name\":\"Text\",\"symbols\":[\"a\",\"b\",\"c\"]}", ""));
        assertThat(format.toJson("prompts", FRAMED)).asString().isEqualTo("{\"prompt\":\"c\"}");
    }

    @Test
    void shouldNotWaitForASchemaThatCannotBeRead() {
        answers.put(BY_ID, Answer.schema("AVRO", "{\"type\":\"nothing\"}", ""));
        assertThat(format().toJson("prompts", FRAMED)).isSameAs(FRAMED);
        answers.put(BY_ID, Answer.schema("PROTOBUF", "message", ""));
        assertThat(format().toJson("prompts", FRAMED)).isSameAs(FRAMED);
    }

    @Test
    void shouldNotWaitForASchemaThatIsNotThere() {
        answers.put(LATEST, Answer.failure(404, 40401));
        RegisteredFormat format = format();
        assertThat(format.toJson("prompts", FRAMED)).isSameAs(FRAMED);
        assertThatThrownBy(() -> format.fromJson("completions", EMPTY))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("completions-value");
    }

    @ParameterizedTest
    @CsvSource({"404, 40403", "401, 40101"})
    void shouldNotAskForEachOfManyRecordsOfASchemaThatCannotBeHad(int status, int code) {
        answers.put(BY_ID, Answer.failure(status, code));
        RegisteredFormat format = format();
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            try {
                assertThat(format.toJson("dead-letters", FRAMED)).isSameAs(FRAMED);
            } catch (FormUnavailableException e) {
                assertThat(status).isEqualTo(401);
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertThat(asked.get()).isLessThanOrEqualTo(1 + (int) seconds);
    }

    @Test
    void shouldTakeAValueThatIsTooDeepAsItIs() {
        answers.put(
                BY_ID,
                Answer.schema(
                        "AVRO",
                        "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"in\",\"type\":[\"null\",\"P\"]}]}",
                        ""));
        byte[] deep = Arrays.copyOf(FRAMED, 1_000_000);
        Arrays.fill(deep, 5, deep.length - 1, (byte) 2); // the second branch
        assertThat(format().toJson("prompts", deep)).isSameAs(deep);
    }

    @Test
    void shouldNotWriteOtherValuesThanTheEventHas() {
        answers.put(
                LATEST,
                Answer.schema(
                        "AVRO",
                        "{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}",
                        ""));
        assertThatThrownBy(
                        () -> format().fromJson("completions", "{\"id\":\"sample\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("id: string instead of number");
    }

    @Test
    @Timeout(10)
    void shouldWriteOnWhileTheRegistryHangs() {
        // Given
        Answer first = new Answer(200, "{\"id\":7,\"schemaType\":\"JSON\",\"schema\":\"{}\"}");
        answers.put(LATEST, first);
        RegisteredFormat format = RegisteredFormat.of(registry(), SchemaType.JSON, Duration.ZERO);
        assertThat(format.fromJson("completions", EMPTY)[4]).isEqualTo((byte) 7);

        // When
        hangs.set(true);
        answers.put(LATEST, new Answer(200, first.body.replace('7', '8')));

        // Then
        for (int i = 0; i < 100; i++) {
            assertThat(format.fromJson("completions", EMPTY)[4]).isEqualTo((byte) 7);
        }
        hangs.set(false);
        while (format.fromJson("completions", EMPTY)[4] != 8) {
            LockSupport.parkNanos(1_000_000);
        }
        answers.put(LATEST, Answer.failure(404, 40401));
        for (int i = 0; i < 100; i++) {
            assertThat(format.fromJson("completions", EMPTY)[4]).isEqualTo((byte) 8);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldWaitForTheFirstSchemaToWriteBy() {
        assertThatThrownBy(() -> away().fromJson("completions", EMPTY)).isInstanceOf(FormUnavailableException.class);
    }

    private RegisteredFormat format() {
        return RegisteredFormat.of(registry(), SchemaType.AVRO);
    }

    private ConfluentSchemaRegistry registry() {
        return ConfluentSchemaRegistry.at(
                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static RegisteredFormat away() {
        return RegisteredFormat.of(ConfluentSchemaRegistry.at("http://127.0.0.1:1"), SchemaType.AVRO);
    }
}
