package io.causalstreams.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example, as its README section says, on a broker and with the default model or a tiny one. */
@SuppressWarnings("NullAway.Init") // opened before all
class ExamplesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private static Path state;

    private static EmbeddedBroker broker;
    private static GenerationEngine engine;
    private static TextTopics topics;

    private @Nullable KafkaStreams streams;

    @BeforeAll
    static void open() {
        engine = GenerationEngine.open(
                DefaultModel.directory(), EngineConfig.defaults().withSlots(4).withMaxContextTokens(512));
        broker = EmbeddedBroker.start();
        topics = new TextTopics(broker.bootstrapServers());
    }

    @AfterAll
    static void close() {
        if (topics != null) {
            topics.close();
        }
        if (broker != null) {
            broker.close();
        }
        if (engine != null) {
            engine.close();
        }
    }

    @AfterEach
    void closeStreams() {
        if (streams != null) {
            streams.close();
        }
    }

    @Test
    void shouldSendEachTicketToItsQueue() {
        // Given
        start(TicketTriage.example());

        // When
        topics.send(TicketTriage.TICKETS, "1", "You took the money for my subscription two times.");
        topics.send(TicketTriage.TICKETS, "2", "The screen stays black after the last update.");

        // Then
        List<String> queues = List.of(TicketTriage.PAYMENT, TicketTriage.SOFTWARE, TicketTriage.REVIEW);
        Map<String, String> queueByTicket = topics.read(queues, 2, LIMIT).stream()
                .collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::topic));
        assertThat(queueByTicket).containsEntry("1", TicketTriage.PAYMENT).containsEntry("2", TicketTriage.SOFTWARE);
    }

    @Test
    void shouldExtractATypedRecord() throws JsonProcessingException {
        // Given
        start(EntityExtraction.example());

        // When
        topics.send(EntityExtraction.MAILS, "m", "Hello, please send 12 red umbrellas to our shop in Bergen.");

        // Then
        String json = topics.read(List.of(EntityExtraction.ORDERS, EntityExtraction.UNREAD), 1, LIMIT)
                .get(0)
                .value();
        EntityExtraction.Order order = JSON.readValue(json, EntityExtraction.Order.class);
        assertThat(order.product()).contains("umbrellas");
        assertThat(order.quantity()).isEqualTo(12);
        assertThat(order.city()).contains("Bergen");
    }

    @Test
    void shouldFindTheEarlierTicketThatIsNearest() throws JsonProcessingException {
        // Given: a tiny random encoder, which at least knows the same words again
        Path model = state.resolve("bert-mean");
        OnnxExporter.export(
                Path.of("../onnx-export/src/test/resources/tiny-pooled/bert-mean"),
                model,
                ExportOptions.of(Precision.FP32));
        try (GenerationEngine embeddings = GenerationEngine.open(model, EngineConfig.defaults())) {
            streams = NearestTickets.example().start(embeddings, kafka());

            // When
            topics.send(NearestTickets.TICKETS, "printer", "server error 503");
            topics.send(NearestTickets.TICKETS, "printer", "How do I reset my password?");
            topics.send(NearestTickets.TICKETS, "printer", "HOW do I reset my password");

            // Then
            List<String> found = topics.read(List.of(NearestTickets.NEAREST), 3, LIMIT).stream()
                    .map(ConsumerRecord::value)
                    .toList();
            assertThat(JSON.readTree(found.get(0)).path("nearest")).isEmpty();
            JsonNode nearest = JSON.readTree(found.get(2)).path("nearest");
            assertThat(nearest).hasSize(2);
            assertThat(nearest.get(0).path("ticket").asText()).isEqualTo("How do I reset my password?");
            assertThat(nearest.get(0).path("similarity").asDouble())
                    .isGreaterThan(nearest.get(1).path("similarity").asDouble());
            streams.close();
        }
    }

    @Test
    void shouldJoinTheProductToTheSummary() throws JsonProcessingException {
        String review = "I bought this kettle in May. It boils water fast, it is quiet, and the handle stays cool."
                + " The lid is a little stiff, but I would buy it again.";
        // Given
        start(SummariseAndJoin.example());

        // When
        topics.send(SummariseAndJoin.PRODUCTS, "p-7", "Kettle 1.7 l");
        topics.send(SummariseAndJoin.REVIEWS, "p-7", review);

        // Then
        ConsumerRecord<String, String> digest =
                topics.read(List.of(SummariseAndJoin.DIGESTS), 1, LIMIT).get(0);
        assertThat(digest.key()).isEqualTo("p-7");
        JsonNode json = JSON.readTree(digest.value());
        assertThat(json.path("product").asText()).isEqualTo("Kettle 1.7 l");
        assertThat(json.path("review").asText()).isEqualTo(review);
        assertThat(json.path("summary").asText()).containsIgnoringCase("kettle");
    }

    @Test
    void shouldRememberWhatWasSaidUnderTheSameKey() {
        // Given
        start(ConversationByKey.example());
        topics.send(ConversationByKey.QUESTIONS, "ada", "My dog is called Bello.");
        topics.read(List.of(ConversationByKey.ANSWERS), 1, LIMIT);

        // When
        topics.send(ConversationByKey.QUESTIONS, "ada", "What is the name of my dog?");
        topics.send(ConversationByKey.QUESTIONS, "bob", "What is the name of my dog?");

        // Then
        Map<String, String> lastAnswers = topics.read(List.of(ConversationByKey.ANSWERS), 3, LIMIT).stream()
                .collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::value, (first, last) -> last));
        assertThat(lastAnswers.get("ada")).contains("Bello");
        assertThat(lastAnswers.get("bob")).doesNotContain("Bello");
    }

    @Test
    void shouldLookIntoTheStockBeforeItAnswers() throws JsonProcessingException {
        // Given
        start(StockAgent.example());
        Map<String, String> stock = Map.of("lamp", "17", "desk", "23", "sofa", "31");
        stock.forEach((product, count) -> topics.send(StockAgent.STOCK, product, count));

        // When
        topics.send(StockAgent.QUESTIONS, "ada", "How many pieces of the desk do you have?");

        // Then
        ConsumerRecord<String, String> answer =
                topics.read(List.of(StockAgent.ANSWERS), 1, LIMIT).get(0);
        JsonNode call = JSON.readTree(
                topics.read(List.of(StockAgent.CALLS), 1, LIMIT).get(0).value());
        JsonNode result = JSON.readTree(
                topics.read(List.of(StockAgent.RESULTS), 1, LIMIT).get(0).value());
        // which product is up to the model, and this one is small
        String count = stock.get(call.path("arguments").path("product").asText());
        assertThat(result.path("id")).isEqualTo(call.path("id"));
        assertThat(result.path("content").asText()).isEqualTo(count + " in stock");
        assertThat(answer.key()).isEqualTo("ada");
        assertThat(answer.value()).contains(count);
    }

    @Test
    void shouldAskTheServiceOverHttpBeforeItAnswers() throws IOException {
        // Given
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/weather", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8)
                    + exchange.getRequestHeaders().getFirst("idempotency-key"));
            byte[] body = "snow, -7 degrees".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.start();
        start(WeatherAgent.example());
        String url = "http://localhost:" + service.getAddress().getPort();
        KafkaStreams tool = new HttpTool(url).start(WeatherAgent.CALLS, WeatherAgent.RESULTS, kafka());
        try {
            // When
            topics.send(WeatherAgent.QUESTIONS, "ada", "What is the weather in Oslo?");

            // Then
            String answer =
                    topics.read(List.of(WeatherAgent.ANSWERS), 1, LIMIT).get(0).value();
            assertThat(asked).isNotEmpty().first().asString().contains("city", "Oslo", "causal-streams-enrich-");
            assertThat(asked).doesNotHaveDuplicates();
            assertThat(answer).contains("snow");
        } finally {
            tool.close();
            service.stop(0);
        }
    }

    private void start(Example example) {
        streams = example.start(engine, kafka());
    }

    private static Map<String, Object> kafka() {
        return Map.of(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers(),
                StreamsConfig.STATE_DIR_CONFIG, state.toString());
    }
}
