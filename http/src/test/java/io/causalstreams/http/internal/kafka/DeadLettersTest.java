package io.causalstreams.http.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final byte[] KEY = {0, -1, 7};
    private static final byte[] VALUE = {'{', -128, -1, 0, 10};

    @Test
    void shouldMakeTheOriginalOfADeadLetterByteForByte() {
        // Given
        List<Header> own = List.of(
                new RecordHeader("traceparent", bytes("00-1-2-01")),
                new RecordHeader("twice", bytes("one")),
                new RecordHeader("twice", bytes("two")),
                new RecordHeader("empty", null));

        // When
        ProducerRecord<byte[], byte[]> original = DeadLetters.original(letter(own, "prompts", "2"), "prompts", 4);

        // Then
        assertThat(original.topic()).isEqualTo("prompts");
        assertThat(original.partition()).isEqualTo(2);
        assertThat(original.key()).isEqualTo(KEY);
        assertThat(original.value()).isEqualTo(VALUE);
        assertThat(original.headers().toArray()).containsExactlyElementsOf(own);
        assertThat(original.timestamp()).as("of its new sending").isNull();
    }

    @Test
    void shouldLeaveThePartitionToTheKeyWhereTheTopicHasItNot() {
        assertThat(DeadLetters.original(letter(List.of(), "prompts", "7"), "prompts", 4)
                        .partition())
                .isNull();
        assertThat(DeadLetters.original(letter(List.of(), "prompts", "x"), "prompts", 4)
                        .partition())
                .isNull();
    }

    @Test
    void shouldRefuseWhatWasNoPrompt() {
        assertThatThrownBy(() -> DeadLetters.original(letter(List.of(), "adapters", "0"), "prompts", 4))
                .isInstanceOf(DeadLetters.ForeignException.class)
                .hasMessageContaining("adapters");
    }

    private static ConsumerRecord<byte[], byte[]> letter(List<Header> own, String topic, String partition) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("dead-letters", 0, 5, KEY, VALUE);
        own.forEach(letter.headers()::add);
        Stream.of("exception", "message", "stacktrace", "offset")
                .forEach(name -> letter.headers().add(DeadLetters.ERROR + name, bytes("1")));
        letter.headers().add(DeadLetters.ERROR + "topic", bytes(topic));
        letter.headers().add(DeadLetters.ERROR + "partition", bytes(partition));
        return letter;
    }

    private static byte @Nullable [] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
