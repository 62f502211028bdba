package io.causalstreams.http.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PromptsTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Prompts prompts = prompts(new KeptFields(Map.of("prompts", Set.of("messages", "role", "content"))));

    private Prompts prompts(ValueFormat format) {
        KafkaClients clients = new KafkaClients() {
            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                return producer;
            }

            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                throw new UnsupportedOperationException("prompts are written");
            }
        };
        return new Prompts(clients, new DoorTopics("prompts", "tokens", "completions", "", "group", format));
    }

    @AfterEach
    void close() {
        prompts.close();
    }

    @Test
    void shouldPublishWhatTheSchemaHasAndTheIdAsAHeader() {
        publish("{\"id\":\"r\",\"stream\":true,\"mine\":1,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");

        List<ProducerRecord<byte[], byte[]>> sent = producer.history();
        assertThat(sent).singleElement().satisfies(record -> {
            assertThat(record.value()).asString().isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
            assertThat(DeadLetters.header(record.headers(), EventHeaders.ID)).isEqualTo("r");
        });
    }

    @Test
    void shouldRefuseWhatTheSchemaWouldLeaveOut() {
        assertThatThrownBy(() -> publish("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"top_p\":0.5}"))
                .isInstanceOfSatisfying(
                        Prompts.UnwritableException.class,
                        e -> assertThat(e.field()).isEqualTo("top_p"))
                .hasMessageContaining("topic prompts has no top_p");
        assertThatThrownBy(
                        () -> publish("{\"messages\":[{\"role\":\"tool\",\"content\":\"a\",\"tool_call_id\":\"c\"}]}"))
                .hasMessageContaining("messages.tool_call_id");
        assertThatThrownBy(() -> publish("{\"messages\":[{\"role\":\"user\"}],\"echo\":true}"))
                .as("the operator refuses it, if it sees it")
                .hasMessageContaining("echo");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void shouldNotMissWhatAsksForWhatHappensAnyway() {
        publish("{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"mood\":\"good\"}],\"n\":1,\"top_p\":1.0,"
                + "\"presence_penalty\":0,\"echo\":false,\"best_of\":1,\"logprobs\":false,\"metadata\":{\"a\":\"b\"}}");
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void shouldMissFieldsThatStandInForEachOther() {
        assertThatThrownBy(() -> publish("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"n\":1,"
                        + "\"max_tokens\":5,\"max_completion_tokens\":5}"))
                .isInstanceOfSatisfying(
                        Prompts.UnwritableException.class,
                        e -> assertThat(e.field()).isEqualTo("max_completion_tokens"));
    }

    @Test
    void shouldEndARequestWhateverFails() {
        ValueFormat broken = new ValueFormat() {
            @Override
            public byte[] toJson(String topic, byte[] value) {
                throw new IllegalStateException("broken");
            }

            @Override
            public byte[] fromJson(String topic, byte[] json) {
                return json;
            }
        };
        try (Prompts failing = prompts(broken)) {
            assertThatThrownBy(() -> failing.publish(prompt("{}")).block(Duration.ofSeconds(10)))
                    .hasMessage("broken");
        }
    }

    private void publish(String json) {
        prompts.publish(prompt(json)).block();
    }

    private static Prompts.Prompt prompt(String json) {
        return new Prompts.Prompt("r", "r", json.getBytes(StandardCharsets.UTF_8), Map.of());
    }
}
