package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.HttpDoor;
import io.causalstreams.it.HttpClients.Whole;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the console tells over HTTP, and whom; the page itself: ConsolePageIT. */
@SuppressWarnings("NullAway.Init") // set before all
class ConsoleIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LIVE = "/console/api/live";
    private static final String SECRET = "my-secret-is-4711";
    private static final String[] ADMIN = {"Authorization", "Bearer key-of-the-admins-1"};
    private static final String[] TEAM = {"Authorization", "Bearer key-of-the-team-12"};

    private static ConsoleStage stage;
    private static HttpDoor door;
    private static HttpDoor keyed;

    @BeforeAll
    static void start() throws InterruptedException {
        stage = ConsoleStage.start();
        door = stage.door(null);
        keyed = stage.door(TestFiles.write(
                TestFiles.fresh("keys-").resolve("keys"),
                "admin key-of-the-admins-1 console\nteam key-of-the-team-12\n"));
    }

    @AfterAll
    static void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void shouldGiveFilesToAnybodyUnderAStrictPolicy() throws Exception {
        for (String file : List.of("", "/", "/console.css", "/console.js", "/icon.svg")) {
            Whole page = HttpClients.get(keyed.port(), "/console" + file);
            assertThat(page.status()).as(file).isEqualTo(200);
            assertThat(page.response().headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                            .doesNotContain("unsafe"));
            assertThat(page.response().headers().firstValue("X-Content-Type-Options"))
                    .contains("nosniff");
        }
        // nothing is fetched from elsewhere, and nothing is inline
        String page = HttpClients.get(keyed.port(), "/console").response().body();
        assertThat(page)
                .doesNotContainPattern("(?:src|href)=\"(?:https?:)?//")
                .doesNotContainPattern("\\son\\w+=|style=");
        assertThat(HttpClients.get(keyed.port(), "/console/../console.js", ADMIN)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void shouldShowRequestsToKeysOfTheConsoleOnly() throws Exception {
        String send = "/console/api/dead-letters/0/0/send";
        assertThat(HttpClients.get(keyed.port(), LIVE).status()).isEqualTo(401);
        assertThat(HttpClients.get(keyed.port(), LIVE, TEAM).status()).isEqualTo(403);
        assertThat(HttpClients.post(keyed.port(), send, "").status()).isEqualTo(401);
        assertThat(HttpClients.post(keyed.port(), send, "", TEAM).status()).isEqualTo(403);
        assertThat(HttpClients.post(door.port(), send, "", "Origin", "https://example.org")
                        .status())
                .isEqualTo(403);
        assertThat(HttpClients.get(keyed.port(), send, ADMIN).status()).isEqualTo(405);
        assertThat(events(keyed.port(), any -> true, ADMIN)).isNotEmpty();
    }

    /** As a page does whose own name was made to lead here. */
    @Test
    void shouldNotBeAskedByAnotherNameWithoutKeys() throws Exception {
        assertThat(status(door.port(), "evil.example:" + door.port())).isEqualTo(403);
        assertThat(status(door.port(), "127.0.0.1.example")).isEqualTo(403);
        assertThat(status(door.port(), "localhost:" + door.port())).isEqualTo(200);
        assertThat(status(door.port(), "[::1]:" + door.port())).isEqualTo(200);
    }

    @Test
    void shouldTellWhatHappens() throws Exception {
        try (OperatorClient client = new OperatorClient(stage.servers())) {
            // When: one ends before anybody looks, one runs
            client.send("k", chat("before", SECRET, 3));
            client.readCompletions(List.of("before"), LIMIT);
            client.send("k", chat("meanwhile", SECRET, 40));
            List<JsonNode> events = events(
                    door.port(),
                    told -> texts(told, "end").contains("meanwhile")
                            && told.stream()
                                    .anyMatch(each -> each.path("partitions").size() == 4));

            // Then: the prompt, then its tokens, which join to its text
            List<JsonNode> changes = changes(events);
            JsonNode first = request(changes, "meanwhile");
            assertThat(first.path("prompt").asText()).isEqualTo(SECRET);
            StringBuilder text = new StringBuilder(first.path("text").asText());
            changes.stream()
                    .filter(each -> each.path("what").asText().equals("tokens"))
                    .filter(each -> each.path("key").equals(first.path("key")))
                    .forEach(each -> text.append(each.path("text").asText()));
            client.readCompletions(List.of("meanwhile"), LIMIT);
            assertThat(text.toString()).isEqualTo(client.text("meanwhile"));
            assertThat(request(changes, "before").path("prompt").asText()).isEqualTo(SECRET);
        }
    }

    @Test
    void shouldTellHowFarAStreamsGroupIs() throws Exception {
        try (ConsoleStage other = ConsoleStage.start("streams");
                OperatorClient client = new OperatorClient(other.servers())) {
            for (int i = 0; i < 20; i++) {
                client.send("k" + i, chat("r" + i, "Hello", 2));
            }
            List<JsonNode> events = events(
                    other.door(null).port(),
                    told -> figures(told).anyMatch(each -> lagOf(each) == 0 && committed(each) == 20));
            assertThat(events).isNotEmpty();
        }
    }

    private static long committed(JsonNode figures) {
        long committed = 0;
        for (JsonNode each : figures.path("partitions")) {
            committed += each.path("committed").asLong();
        }
        return committed;
    }

    @Test
    void shouldTellTheFiguresOfTheMeters() throws Exception {
        try (OperatorClient client = new OperatorClient(stage.servers())) {
            client.send("k", chat("measured", "Hello", 10));
            client.readCompletions(List.of("measured"), LIMIT);
            JsonNode figures = events(
                            door.port(),
                            told -> figures(told)
                                    .anyMatch(each -> lagOf(each) == 0
                                            && each.path("partitions").size() == 4))
                    .stream()
                    .reduce((one, next) -> next)
                    .orElseThrow();
            assertThat(figures.path("completion.tokens").asDouble()).isGreaterThanOrEqualTo(10);
            JsonNode first = figures.path("times").path("time.to.first.token");
            assertThat(first.path("count").asInt()).isPositive();
            assertThat(first.path("buckets")).isNotEmpty();
            assertThat(figures.path("partitions").path(0).path("backlog").isNumber())
                    .isTrue();
            assertThat(figures.path("models").path(0).path("model").asText()).isEqualTo("scripted");
        }
        assertThat(HttpClients.get(door.port(), "/v1/models")
                        .body()
                        .path("data")
                        .path(0)
                        .path("adapters")
                        .path(0)
                        .asText())
                .isEqualTo(ConsoleStage.ADAPTER);
    }

    @Test
    void shouldSendADeadLetterAgainAsItWas() throws Exception {
        try (OperatorClient client = new OperatorClient(stage.servers())) {
            // Given: bytes that are no JSON and no UTF-8, to a partition that its key does not lead to
            byte[] key = {0, -1, 7};
            byte[] value = {'{', -128, -1, 0, 10};
            for (int partition = 0; partition < 4; partition++) {
                send(partition, key, value);
            }
            client.readUntil("dead letters", LIMIT, () -> ours(client, key).size() == 4);
            ConsumerRecord<byte[], byte[]> letter = ours(client, key).get(0);

            // When
            Whole sent = HttpClients.post(
                    door.port(),
                    "/console/api/dead-letters/" + letter.partition() + "/" + letter.offset() + "/send",
                    "");

            // Then: it dies again, at another offset of the same partition, and is the same otherwise
            assertThat(sent.status()).as(sent.response().body()).isEqualTo(200);
            client.readUntil("the next", LIMIT, () -> ours(client, key).size() == 5);
            ConsumerRecord<byte[], byte[]> next = ours(client, key).get(4);
            assertThat(next.value()).isEqualTo(value);
            assertThat(own(next)).isEqualTo(own(letter)).hasSize(2);
            assertThat(header(next, "partition")).isEqualTo(header(letter, "partition"));
            assertThat(header(next, "offset"))
                    .isEqualTo(sent.body().path("offset").asText())
                    .isNotEqualTo(header(letter, "offset"));
        }
        assertThat(HttpClients.post(door.port(), "/console/api/dead-letters/0/999999/send", "")
                        .status())
                .isEqualTo(404);
        assertThat(HttpClients.post(door.port(), "/console/api/dead-letters/77/0/send", "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void shouldMeterTheDoor() {
        HttpClients.post(door.port(), "/v1/chat/completions", chat("x", "Hello", 2));
        HttpClients.get(door.port(), "/" + SECRET);
        Await.await("both are counted")
                .atMost(LIMIT)
                .until(() -> stage.requests("/v1/chat/completions", 200) > 0 && stage.requests("other", 404) > 0);
        assertThat(stage.scrape())
                .contains("causal_streams_http_streams{port=\"" + door.port() + "\"} 0")
                .doesNotContain(SECRET);
    }

    private static void send(int partition, byte[] key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stage.servers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> message = new ProducerRecord<>("prompts", partition, key, value);
            message.headers().add("traceparent", "00-1".getBytes(StandardCharsets.UTF_8));
            message.headers().add("bytes", new byte[] {-1, 0});
            producer.send(message).get();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> ours(OperatorClient client, byte[] key) {
        return client.deadLetters.stream()
                .filter(each -> Arrays.equals(each.key(), key))
                .toList();
    }

    private static List<Header> own(ConsumerRecord<byte[], byte[]> letter) {
        return Stream.of(letter.headers().toArray())
                .filter(each -> !each.key().startsWith("__streams.errors."))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(
                letter.headers().lastHeader("__streams.errors." + name).value(), StandardCharsets.UTF_8);
    }

    private static long lagOf(JsonNode figures) {
        long lag = 0;
        for (JsonNode each : figures.path("partitions")) {
            lag += each.path("lag").asLong();
        }
        return lag;
    }

    private static Stream<JsonNode> figures(List<JsonNode> events) {
        return events.stream().filter(each -> each.path("what").asText().equals("figures"));
    }

    private static List<JsonNode> changes(List<JsonNode> events) {
        List<JsonNode> all = new ArrayList<>();
        events.forEach(event -> event.path("changes").forEach(all::add));
        return all;
    }

    /** As it was told first: in the snapshot, or when it came. */
    private static JsonNode request(List<JsonNode> changes, String id) {
        return changes.stream()
                .map(each -> each.path("request"))
                .filter(each -> each.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Ids of requests of which this was told. */
    private static List<String> texts(List<JsonNode> events, String what) {
        List<JsonNode> changes = changes(events);
        return changes.stream()
                .filter(each -> each.path("what").asText().equals(what))
                .flatMap(each -> changes.stream()
                        .map(other -> other.path("request"))
                        .filter(request -> request.path("key").equals(each.path("key"))))
                .map(request -> request.path("id").asText())
                .toList();
    }

    private static String chat(String id, String text, int tokens) {
        return "{\"id\":\"%s\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(id, tokens, text);
    }

    /** What a viewer is told until it has what it wants; requests of a snapshot as if they came then. */
    private static List<JsonNode> events(int port, Predicate<List<JsonNode>> enough, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + LIVE));
        HttpResponse<InputStream> response = HttpClient.newHttpClient()
                .send(
                        (headers.length == 0 ? request : request.headers(headers)).build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        List<JsonNode> told = new ArrayList<>();
        long end = System.nanoTime() + LIMIT.toNanos();
        try (InputStream body = response.body()) {
            StringBuilder line = new StringBuilder();
            Reader reader = new InputStreamReader(body, StandardCharsets.UTF_8);
            for (int next = reader.read(); next >= 0; next = reader.read()) {
                if (next != '\n') {
                    line.append((char) next);
                    continue;
                }
                if (line.indexOf("data: ") == 0) {
                    told.add(asChanges(HttpClients.JSON.readTree(line.substring(6))));
                    if (enough.test(told)) {
                        return told;
                    }
                    assertThat(System.nanoTime()).as("it is told in time").isLessThan(end);
                }
                line.setLength(0);
            }
        }
        throw new AssertionError("the line ended after " + told);
    }

    private static JsonNode asChanges(JsonNode event) {
        if (!event.path("what").asText().equals("snapshot")) {
            return event;
        }
        ObjectNode changes = HttpClients.JSON.createObjectNode();
        event.path("requests").forEach(each -> {
            changes.withArray("changes").addObject().put("what", "request").set("request", each);
            if (!each.path("end").isNull()) {
                changes.withArray("changes").addObject().put("what", "end").set("key", each.path("key"));
            }
        });
        return changes;
    }

    private static int status(int port, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET " + LIVE + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length()));
        }
    }
}
