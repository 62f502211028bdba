package io.causalstreams.it;

import static io.causalstreams.it.OperatorClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The operator from outside: a real broker, {@code serve} in a process of its own with the real model, a read_committed
 * consumer. The same tests for every broker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
abstract class OperatorSuite {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private Brokers.Broker broker;
    private CommandProcess serve;
    private OperatorClient client;

    abstract Brokers.Broker startBroker();

    @BeforeAll
    void start() {
        broker = startBroker();
        serve = CommandProcess.serve(broker.bootstrapServers());
        client = new OperatorClient(broker.bootstrapServers());
    }

    @AfterAll
    void stop() {
        if (client != null) {
            client.close();
        }
        if (serve != null) {
            serve.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void shouldAnswerAChatPromptWithTokensAndOneCompletion() {
        // When
        client.send("any-key", """
                {"id": "capital", "messages": [{"role": "user", "content": "What is the capital of France?"}],
                 "max_tokens": 24, "temperature": 0, "return_token_ids": true}""", header("traceparent", TRACE));
        client.readCompletions(List.of("capital"), LIMIT);
        client.readFor(Duration.ofSeconds(1));

        // Then
        assertThat(client.violations(List.of("capital"))).isEmpty();
        assertThat(client.text("capital")).contains("Paris");
        ConsumerRecord<byte[], byte[]> completion = client.completionRecord("capital");
        assertThat(completion.key()).isEqualTo("any-key".getBytes(StandardCharsets.UTF_8));
        assertThat(headerOf(completion, "traceparent")).isEqualTo(TRACE);
        assertThat(headerOf(completion, "ce_type")).isEqualTo("io.causalstreams.completion.v1");
        assertThat(headerOf(completion, "ce_id")).isEqualTo("capital");
    }

    @Test
    void shouldKillInMidGenerationAndTellEveryTokenOnce() {
        // Given: several long generations, some tokens of each committed
        List<String> ids = List.of("long-0", "long-1", "long-2", "long-3");
        for (String id : ids) {
            client.send(id, """
                    {"id": "%s", "messages": [{"role": "user", "content": "Tell a story about a %s."}],
                     "max_tokens": 160, "temperature": 0.7, "ignore_eos": true}""".formatted(id, id));
        }
        client.readUntil("8 tokens of each", LIMIT, () -> ids.stream().allMatch(id -> client.tokensSeen(id) >= 8));

        // When
        serve.kill9();
        assertThat(client.completions).doesNotContainKeys(ids.toArray(String[]::new));
        serve = CommandProcess.serve(broker.bootstrapServers());
        client.readCompletions(ids, LIMIT);
        client.readFor(Duration.ofSeconds(2));

        // Then
        assertThat(client.violations(ids)).isEmpty();
        for (String id : ids) {
            assertThat(client.tokensSeen(id)).isEqualTo(160);
        }
    }

    @Test
    void shouldTurnAwayBadInputAndLoseNothing() {
        // When
        byte[] unreadable = "{not json".getBytes(StandardCharsets.UTF_8);
        client.sendBytes(new byte[] {0, 1, (byte) 0xff}, unreadable, header("mine", "kept"));
        client.send("invalid", "{\"id\": \"invalid\", \"prompt\": \"x\", \"temperature\": -1}");
        client.send("too-long", "{\"id\": \"too-long\", \"prompt\": \"" + "word ".repeat(5000) + "\"}");
        client.readCompletions(List.of("invalid", "too-long"), LIMIT);
        client.readUntil("3 dead letters", LIMIT, () -> client.deadLetters.size() >= 3);

        // Then
        for (String id : List.of("invalid", "too-long")) {
            JsonNode completion = client.completion(id);
            assertThat(completion.path("error").path("code").asText()).isEqualTo("INVALID_REQUEST");
            assertThat(completion.path("choices").path(0).path("finish_reason").asText())
                    .isEqualTo("error");
        }
        assertThat(client.completion("invalid").path("error").path("param").asText())
                .isEqualTo("temperature");
        assertThat(client.deadLetters).anySatisfy(letter -> {
            assertThat(letter.value()).isEqualTo(unreadable);
            assertThat(letter.key()).isEqualTo(new byte[] {0, 1, (byte) 0xff});
            assertThat(headerOf(letter, "mine")).isEqualTo("kept");
            assertThat(headerOf(letter, "__streams.errors.topic")).isEqualTo("prompts");
            assertThat(headerOf(letter, "__streams.errors.offset")).matches("\\d+");
            assertThat(headerOf(letter, "__streams.errors.partition")).matches("\\d+");
        });
    }

    @Test
    void shouldCancelByTombstone() {
        // Given
        client.send("to-cancel", """
                {"id": "to-cancel", "prompt": "Once upon a time", "max_tokens": 900, "ignore_eos": true}""");
        client.readUntil("a token", LIMIT, () -> client.tokensSeen("to-cancel") > 0);

        // When
        client.sendBytes("to-cancel".getBytes(StandardCharsets.UTF_8), null);
        client.readCompletions(List.of("to-cancel"), LIMIT);

        // Then
        JsonNode completion = client.completion("to-cancel");
        assertThat(completion.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("cancelled");
        assertThat(client.tokensSeen("to-cancel")).isLessThan(900);
    }

    @Test
    void shouldEndWithinTenSecondsOnSigterm() {
        // Given
        client.send(
                "at-end",
                "{\"id\": \"at-end\", \"prompt\": \"A long list:\", \"max_tokens\": 200, \"ignore_eos\": true}");
        client.readUntil("a token", LIMIT, () -> client.tokensSeen("at-end") > 0);

        // When
        serve.signal("TERM");

        // Then: it ends in time, and its successor goes on where it stopped
        serve.awaitExit(Duration.ofSeconds(10));
        serve = CommandProcess.serve(broker.bootstrapServers());
        client.readCompletions(List.of("at-end"), LIMIT);
        assertThat(client.violations(List.of("at-end"))).isEmpty();
    }

    private static String headerOf(ConsumerRecord<byte[], byte[]> consumed, String name) {
        return new String(consumed.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
