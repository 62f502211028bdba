package io.causalstreams.http.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.NoClients;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LiveRecordsTest {
    private static final byte[] FRAMED = {0, 0, 0, 0, 7, 9};
    private static final byte[] UNKNOWN = {0, 0, 0, 0, 8, 9};
    private static final byte[] JSON = "{}".getBytes(StandardCharsets.UTF_8);

    private final LiveRecords records = new LiveRecords(
            new NoClients(),
            new DoorTopics("prompts", "tokens", "completions", "dead-letters", "group", new KnowsSevenOnly()));

    private static final class KnowsSevenOnly implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            if (value[4] == 8) {
                throw new FormUnavailableException("401", null);
            }
            return JSON;
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void shouldTellJsonWithWhereAndHowLargeTheRecordIs() {
        ConsumerRecord<byte[], byte[]> read = records.readable(letter(FRAMED));
        assertThat(read.value()).isEqualTo(JSON);
        assertThat(read.serializedValueSize()).isEqualTo(FRAMED.length);
        assertThat(read.offset()).isEqualTo(5);
        assertThat(read.timestamp()).isEqualTo(9);
        assertThat(read.headers().lastHeader("a")).isNotNull();
    }

    @Test
    void shouldTellWhatCannotBeKnownAsItIs() {
        ConsumerRecord<byte[], byte[]> unknown = letter(UNKNOWN);
        assertThat(records.readable(unknown)).isSameAs(unknown);
    }

    private static ConsumerRecord<byte[], byte[]> letter(byte[] value) {
        return new ConsumerRecord<>(
                "dead-letters",
                0,
                5,
                9,
                TimestampType.CREATE_TIME,
                1,
                value.length,
                new byte[1],
                value,
                new RecordHeaders().add("a", JSON),
                Optional.empty());
    }
}
