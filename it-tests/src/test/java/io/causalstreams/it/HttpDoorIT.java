package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.app.internal.operations.EngineModels;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoor;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.MultiModelEngine;
import io.causalstreams.it.ForeignRuntime.Result;
import io.causalstreams.it.HttpClients.Streamed;
import io.causalstreams.it.HttpClients.Whole;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** OpenAI's API over the topics of a real broker, a tiny model behind them; two doors to the same topics. */
@SuppressWarnings("NullAway.Init") // set before all
class HttpDoorIT {
    private static final Duration ASK = Duration.ofMinutes(2);
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration GRACE = Duration.ofSeconds(1);
    /** Requests of so many tokens or more are as slow as those of a large model. */
    private static final int LONG = 40;

    private static Brokers.Broker broker;
    private static GenerationEngine engine;
    private static InProcessOperator operator;
    private static HttpDoor door;
    private static HttpDoor otherDoor;
    private static HttpDoor keyedDoor;

    @BeforeAll
    static void start() throws InterruptedException {
        broker = Brokers.embedded();
        KafkaConnection connection = KafkaConnection.of(broker.bootstrapServers(), null);
        Topics.createMissing(connection, new CausalStreamsConfig(Map.of("bootstrap.servers", connection.servers())), 4);
        MultiModelEngine models = new MultiModelEngine(
                "tiny",
                new SlowEngine(
                        GenerationEngine.open(
                                TestModels.tinyChat(), EngineConfig.defaults().withSlots(32)),
                        Duration.ofMillis(20),
                        LONG));
        models.load("vectors", GenerationEngine.open(TestModels.tinyPooled("bert-mean"), EngineConfig.defaults()));
        engine = models;
        operator = InProcessOperator.start(
                engine, connection.servers(), Map.of(CausalStreamsConfig.COMMIT_DELAY_MS_CONFIG, 20));
        door = open(null);
        otherDoor = open(null);
        Path keys = TestFiles.write(
                TestFiles.fresh("keys-").resolve("keys"),
                "team 0123456789abcdef0123 requests=1\nother other-key-of-others tokens-per-minute=1\n");
        keyedDoor = open(keys);
    }

    private static HttpDoor open(@Nullable Path keys) {
        return open(keys, null);
    }

    private static HttpDoor open(@Nullable Path keys, HttpDoorSettings.@Nullable Tls tls) {
        HttpDoorSettings settings =
                new HttpDoorSettings("127.0.0.1", 0, keys, false, tls, 256, 512, 1 << 20, false, GRACE);
        return HttpDoor.open(
                settings,
                new DoorTopics("prompts", "tokens", "completions", "dead-letters", "causal-streams"),
                KafkaConnection.of(broker.bootstrapServers(), null),
                new EngineModels(engine, () -> true));
    }

    @AfterAll
    static void stop() {
        Stream.of(door, otherDoor, keyedDoor, operator, engine, broker)
                .filter(each -> each != null)
                .forEach(each -> {
                    try {
                        each.close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    void shouldAnswerAsOpenAiDoes() {
        Whole answer = HttpClients.post(door.port(), CHAT, chat(10, "\"temperature\":0"));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        JsonNode choice = answer.body().path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(answer.body().path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.body().path("usage").path("completion_tokens").asInt())
                .isEqualTo(10);

        Streamed streamed = HttpClients.stream(
                door.port(),
                CHAT,
                chat(10, "\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertThat(streamed.text())
                .isEqualTo(choice.path("message").path("content").asText());
        assertThat(streamed.whole()).isTrue();
        List<JsonNode> chunks =
                streamed.events().stream().map(HttpClients::json).toList();
        assertThat(chunks.get(chunks.size() - 2)
                        .path("usage")
                        .path("total_tokens")
                        .asInt())
                .isEqualTo(answer.body().path("usage").path("total_tokens").asInt());
        assertThat(chunks.get(chunks.size() - 3)
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("length");
    }

    @Test
    void shouldAnswerTextCompletionsModelsAndTokens() {
        Whole text = HttpClients.post(door.port(), "/v1/completions", "{\"prompt\":\"abc\",\"max_tokens\":3}");
        assertThat(text.body().path("object").asText()).isEqualTo("text_completion");
        Whole models = HttpClients.get(door.port(), "/v1/models");
        String name = models.body().path("data").path(0).path("id").asText();
        assertThat(name).isEqualTo(engine.model().name());
        assertThat(HttpClients.get(door.port(), "/v1/models/" + name).status()).isEqualTo(200);
        Whole tokens = HttpClients.post(door.port(), "/tokenize", "{\"prompt\":\"abc\"}");
        assertThat(tokens.body().path("count").asInt())
                .isEqualTo(text.body().path("usage").path("prompt_tokens").asInt());
        assertThat(tokens.body().path("tokens"))
                .hasSize(tokens.body().path("count").asInt());
    }

    @Test
    void shouldSayWhatIsWrongWithARequest() {
        refused(400, "temperature", HttpClients.post(door.port(), CHAT, chat(5, "\"temperature\":-1")));
        refused(400, "temperature", HttpClients.post(door.port(), CHAT, chat(5, "\"temperature\":-1,\"stream\":true")));
        refused(400, "messages", HttpClients.post(door.port(), CHAT, "{\"prompt\":\"a\"}"));
        refused(400, null, HttpClients.post(door.port(), CHAT, "{\"messages\":"));
        refused(404, null, HttpClients.post(door.port(), "/v1/nothing", "{}"));
        refused(405, null, HttpClients.get(door.port(), CHAT));
        refused(413, null, HttpClients.post(door.port(), CHAT, chat(5, "\"x\":\"" + "x".repeat(2 << 20) + "\"")));
        refused(403, null, HttpClients.post(door.port(), CHAT, chat(5, ""), "Origin", "https://example.org"));
    }

    @Test
    void shouldGoOnBehindTheLastEventAtAnyDoor() {
        // Given: what the whole answer is
        String ask = chat(120, "\"seed\":7,\"stream\":true");
        Streamed whole = HttpClients.stream(door.port(), CHAT, ask);
        assertThat(whole.whole()).isTrue();

        for (HttpDoor next : List.of(door, otherDoor)) {
            // When: the line is cut after some events, again and again
            Streamed part = HttpClients.stream(
                    door.port(), CHAT, ask, events -> events < 7, "Idempotency-Key", "cut-" + next.port());
            StringBuilder text = new StringBuilder(part.text());
            String last = part.lastId().orElseThrow();
            for (int cuts = 0; cuts < 30 && !part.whole(); cuts++) {
                part = HttpClients.stream(next.port(), CHAT, ask, events -> events < 12, "Last-Event-ID", last);
                assertThat(part.status()).isEqualTo(200);
                text.append(part.text());
                last = part.lastId().orElse(last);
            }

            // Then
            assertThat(text.toString()).isEqualTo(whole.text());
            assertThat(part.whole()).isTrue();
        }
    }

    @Test
    void shouldJoinAndRepeatByIdempotencyKey() throws Exception {
        // Given
        String ask = chat(100, "\"stream\":true");
        ExecutorService clients = Executors.newFixedThreadPool(3);
        String[] key = {"Idempotency-Key", "the-same"};

        // When: two doors are asked at once, a third time in the middle, and once more when all is over
        List<Future<Streamed>> asked = new ArrayList<>();
        for (HttpDoor at : List.of(door, otherDoor)) {
            asked.add(clients.submit(() -> HttpClients.stream(at.port(), CHAT, ask, key)));
        }
        Thread.sleep(1_000);
        asked.add(clients.submit(() -> HttpClients.stream(door.port(), CHAT, ask, key)));
        List<String> texts = new ArrayList<>();
        for (Future<Streamed> each : asked) {
            texts.add(each.get().text());
        }
        Streamed later = HttpClients.stream(otherDoor.port(), CHAT, ask, key);
        Whole whole = HttpClients.post(door.port(), CHAT, chat(100, ""), key);
        clients.shutdown();

        // Then: one answer
        texts.add(later.text());
        texts.add(whole.body()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText());
        assertThat(texts).hasSize(5).allMatch(text -> !text.isEmpty() && text.equals(texts.get(0)));
        assertThat(later.requestId()).isEqualTo("the-same");
        assertThat(whole.body().path("id").asText()).isEqualTo("the-same");
    }

    @Test
    void shouldCancelWhenTheClientLeavesAndDoesNotComeBack() {
        try (OperatorClient topics = new OperatorClient(broker.bootstrapServers())) {
            // When: one is streamed, one is not and its client gives up
            Streamed left = HttpClients.stream(door.port(), CHAT, chat(1500, "\"stream\":true"), events -> events < 5);
            Streamed unanswered = HttpClients.stream(door.port(), CHAT, chat(1500, "\"user\":\"gives-up\""), 500);

            // Then
            String id = left.requestId();
            topics.readUntil(
                    "two cancelled",
                    Duration.ofSeconds(30),
                    () -> topics.completions.values().stream()
                                    .flatMap(List::stream)
                                    .filter(each -> each.path("error")
                                            .path("code")
                                            .asText()
                                            .equals("CANCELLED"))
                                    .count()
                            >= 2);
            assertThat(topics.completion(id).path("error").path("code").asText())
                    .isEqualTo("CANCELLED");
            assertThat(unanswered.status()).isZero();
        }
    }

    @Test
    void shouldLetInWhoHasAKeyAsFarAsItGoes() throws Exception {
        // Given
        String[] team = {"Authorization", "Bearer 0123456789abcdef0123"};
        String[] other = {"Authorization", "Bearer other-key-of-others"};
        int port = keyedDoor.port();
        Whole nobody = HttpClients.post(port, CHAT, chat(2, ""));
        refused(401, null, nobody);
        assertThat(nobody.response().headers().firstValue("WWW-Authenticate")).contains("Bearer");

        // When: the team's one request runs
        ExecutorService clients = Executors.newFixedThreadPool(1);
        Future<Streamed> running =
                clients.submit(() -> HttpClients.stream(port, CHAT, chat(100, "\"stream\":true"), team));
        Thread.sleep(500);

        // Then: a second one waits, others do not; nobody reads another's answer
        Whole second = HttpClients.post(port, CHAT, chat(2, ""), team);
        refused(429, null, second);
        assertThat(second.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(HttpClients.post(port, CHAT, chat(5, ""), other).status()).isEqualTo(200);
        Streamed done = running.get();
        clients.shutdown();
        assertThat(done.requestId()).startsWith("team:chatcmpl-");
        assertThat(HttpClients.stream(
                                port,
                                CHAT,
                                chat(2, ""),
                                "Last-Event-ID",
                                done.lastId().orElseThrow(),
                                other[0],
                                other[1])
                        .status())
                .isEqualTo(404);
        // its one token a minute is used
        refused(429, null, HttpClients.post(port, CHAT, chat(2, ""), other));
    }

    @Test
    void shouldMakeVectorsAndRankDocuments() throws Exception {
        // When: a list of texts, and OpenAI's clients' own format
        Whole vectors =
                HttpClients.post(door.port(), "/v1/embeddings", "{\"model\":\"vectors\",\"input\":[\"one\",\"two\"]}");
        Whole packed = HttpClients.post(
                door.port(),
                "/v1/embeddings",
                "{\"model\":\"vectors\",\"input\":\"two\",\"encoding_format\":\"base64\"}");
        Whole ranking = HttpClients.post(
                door.port(),
                "/v1/rerank",
                "{\"query\":\"a\",\"documents\":[\"b\",\"c\",{\"text\":\"d\"}],\"top_n\":2}");

        // Then
        assertThat(vectors.status()).as(vectors.response().body()).isEqualTo(200);
        JsonNode second = vectors.body().path("data").path(1).path("embedding");
        ByteBuffer floats = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(packed.body()
                                .path("data")
                                .path(0)
                                .path("embedding")
                                .asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats.remaining()).isEqualTo(second.size() * Float.BYTES).isPositive();
        assertThat(floats.getFloat(0)).isEqualTo((float) second.path(0).asDouble());
        JsonNode results = ranking.body().path("results");
        assertThat(results).as(ranking.response().body()).hasSize(2);
        assertThat(results.path(0).path("relevance_score").asDouble())
                .isGreaterThanOrEqualTo(results.path(1).path("relevance_score").asDouble());
        assertThat(results.path(0).path("document").path("text").asText()).isNotEmpty();
        refused(404, "model", HttpClients.post(door.port(), CHAT, chat(2, "").replace("tiny", "nobody")));
    }

    @Test
    @Tag("clients")
    void shouldAnswerTheOfficialPythonSdk() {
        String python = ForeignRuntime.python("http/python");
        String script = ForeignRuntime.file("http/python", "ask.py").toString();
        Result result = ForeignRuntime.run(ASK, python, script, "http://127.0.0.1:" + door.port() + "/v1", "none");
        assertThat(result.exit()).as(result.output()).isZero();
    }

    @Test
    @Tag("clients")
    void shouldAnswerTheOfficialNodeSdk() throws IOException {
        String script = ForeignRuntime.node("http/node", "ask.js");
        Result result = ForeignRuntime.run(ASK, "node", script, "http://127.0.0.1:" + door.port() + "/v1", "none");
        assertThat(result.exit()).as(result.output()).isZero();
    }

    @Test
    void shouldStreamToCurlOverTls() {
        // Given
        ForeignRuntime.requireRuntime("curl", "--version");
        Certificates certificates = new Certificates();
        certificates.keyStore("door", "dns:localhost");
        certificates.exportPem("door");
        Path certificate = certificates.directory().resolve("door.crt");
        HttpDoorSettings.Tls tls =
                new HttpDoorSettings.Tls(certificate, certificates.directory().resolve("door.key"));
        try (HttpDoor secured = open(null, tls)) {
            // When
            Result result = ForeignRuntime.run(
                    ASK,
                    "curl",
                    "-sSN",
                    "--cacert",
                    certificate.toString(),
                    "--resolve",
                    "localhost:" + secured.port() + ":127.0.0.1",
                    "https://localhost:" + secured.port() + CHAT,
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    chat(5, "\"stream\":true"));

            // Then
            assertThat(result.exit()).as(result.output()).isZero();
            assertThat(result.output())
                    .contains("id: ", "\"finish_reason\":\"length\"")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    /** Nothing lost, nothing doubled: neither in what the clients were told, nor on the topics. */
    @Test
    void shouldTellEveryTokenOnceToClientsThatAreKilledAtRandom() throws Exception {
        // Given
        Random random = Seeds.random("clients that are killed");
        int clients = 200;
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try (OperatorClient topics = new OperatorClient(broker.bootstrapServers())) {
            // When: each client dies several times, and comes back to either door
            List<Callable<String>> lives = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                String key = "killed-" + client;
                long own = random.nextLong();
                lives.add(() -> live(key, new Random(own)));
            }
            List<String> told = new ArrayList<>();
            for (Future<String> each : threads.invokeAll(lives)) {
                told.add(each.get());
            }

            // Then
            List<String> ids = IntStream.range(0, clients)
                    .mapToObj(client -> "killed-" + client)
                    .toList();
            topics.readCompletions(ids, Duration.ofSeconds(30));
            topics.readUntil(
                    "their tokens",
                    Duration.ofSeconds(30),
                    () -> ids.stream()
                            .allMatch(id -> topics.tokensSeen(id)
                                    >= topics.completion(id)
                                            .path("usage")
                                            .path("completion_tokens")
                                            .asInt()));
            // one that was sent again after its end is answered again, with the same
            topics.completions.replaceAll((id, all) -> all.stream().distinct().toList());
            assertThat(topics.violations(ids)).isEmpty();
            assertThat(told).isEqualTo(ids.stream().map(topics::text).toList());
        } finally {
            threads.shutdownNow();
        }
    }

    /** All that a client was told in its lives. */
    private static String live(String key, Random random) {
        String ask = chat(20 + random.nextInt(60), "\"stream\":true");
        StringBuilder text = new StringBuilder();
        @Nullable String last = null;
        for (int lives = 0; lives < 50; lives++) {
            int port = (random.nextBoolean() ? door : otherDoor).port();
            int most = lives < 4 ? random.nextInt(20) : Integer.MAX_VALUE;
            String[] header =
                    last == null ? new String[] {"Idempotency-Key", key} : new String[] {"Last-Event-ID", last};
            Streamed part = HttpClients.stream(port, CHAT, ask, events -> events < most, header);
            text.append(part.text());
            last = part.lastId().orElse(last);
            if (part.whole()) {
                return text.toString();
            }
        }
        throw new AssertionError(key + " has not come to its end: " + text);
    }

    private static String chat(int tokens, String more) {
        return "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"ignore_eos\":true,"
                + "\"max_tokens\":" + tokens + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static void refused(int status, @Nullable String parameter, Whole answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        JsonNode error = answer.body().path("error");
        assertThat(error.path("message").asText()).isNotEmpty();
        assertThat(error.path("param").textValue()).isEqualTo(parameter);
    }
}
