package io.causalstreams.app.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.app.internal.kafka.OutputReader.OutputTopics;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class OutputReaderTest {
    private static final OutputTopics TOPICS = new OutputTopics("tokens", "completions", "dead-letters");

    @Test
    void shouldShowADeadLetterAsItIsWhileItsSchemaCannotBeAskedFor() {
        // Given: a consumer that never has to reach its broker
        KafkaConnection connection = KafkaConnection.of("127.0.0.1:1", null);
        byte[] value = "as it is".getBytes(StandardCharsets.UTF_8);

        // When
        Output output;
        try (OutputReader reader = new OutputReader(connection, TOPICS, false, new Away())) {
            output = reader.read(new ConsumerRecord<>("dead-letters", 0, 0, null, value));
        }

        // Then
        assertThat(output)
                .isInstanceOfSatisfying(
                        Output.DeadLetter.class,
                        letter -> assertThat(letter.value()).isEqualTo("as it is"));
    }

    /** Of a registry that does not answer. */
    private static final class Away implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            throw new FormUnavailableException("away", null);
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            throw new FormUnavailableException("away", null);
        }
    }
}
