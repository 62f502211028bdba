package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaceThreadHandlerTest {
    private final RuntimeException bug = new StreamsException("x", new IllegalStateException("y"));

    private long nowMs;
    private final ReplaceThreadHandler handler = new ReplaceThreadHandler(
            new ReplaceThreadHandler.Policy(2, Duration.ofSeconds(10), Duration.ZERO), () -> nowMs);

    @Test
    void shouldReplaceDyingThreadsUntilTheyKeepDying() {
        assertThat(handler.handle(bug)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(handler.handle(bug)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        nowMs = 20_000;
        assertThat(handler.handle(bug)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        handler.handle(bug);
        assertThat(handler.fatal()).isEmpty();
        assertThat(handler.handle(bug)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(handler.fatal()).contains(bug);
    }

    @Test
    void shouldReplaceThreadsAsLongAsBrokerOrRegistryAreAwayOrATopicIsMissing() {
        RuntimeException away = new StreamsException("x", new TimeoutException("no answer"));
        RuntimeException registry = new StreamsException("x", new FormUnavailableException("no answer", null));
        for (int death = 0; death < 100; death++) {
            assertThat(handler.handle(away)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
            assertThat(handler.handle(registry)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
            assertThat(handler.handle(new MissingSourceTopicException("prompts")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
    }

    @Test
    void shouldGiveUpAtOnceWhenTheBrokerRefuses() {
        // Given
        TopicAuthorizationException refusal = new TopicAuthorizationException("tokens");

        // When / Then
        assertThat(handler.handle(new StreamsException("x", refusal)))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(handler.fatal()).contains(refusal);
    }

    @Test
    void shouldGiveUpAtOnceWhenAnOutputTopicIsMissing() {
        // Given: the producer has waited for it
        RuntimeException missing = new StreamsException(
                "x", new TimeoutException("Topic completions not present in metadata after 60000 ms."));

        // When / Then
        assertThat(handler.handle(missing)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(handler.fatal())
                .hasValueSatisfying(
                        fatal -> assertThat(fatal)
                                .hasMessage(
                                        "topic completions is missing; create it and start again: what is not answered goes on"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Existing internal topic a-changelog has invalid partitions: expected: 3; actual: 1. Use …",
                "Invalid topology: Existing topic a-changelog has different number of partitions: expected 3, found 1"
            })
    void shouldGiveUpAtOnceAndSayWhatToDoWhenAChangelogHasTooFewPartitions(String asKafkaStreamsReportsIt) {
        // When / Then
        assertThat(handler.handle(new StreamsException(asKafkaStreamsReportsIt)))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(handler.fatal())
                .hasValueSatisfying(fatal -> assertThat(fatal)
                        .isInstanceOf(ChangelogPartitionsException.class)
                        .hasMessage("topic a-changelog has partitions: 1, its input has 3; give it as many"
                                + " (kafka-topics.sh --alter --topic a-changelog --partitions 3) and start again: what is"
                                + " not answered goes on"));
    }

    @Test
    void shouldReplaceTheThreadThatLearnedOfARefusal() {
        // Given: Kafka Streams goes on after the failed send, and its commit fails
        RuntimeException doomed = new StreamsException(
                "Error encountered trying to commit a transaction [stream-thread]",
                new InvalidTimestampException("Timestamp 1000 of message with offset 0 is out of range."));

        // When / Then
        assertThat(handler.handle(doomed)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    }

    @Test
    void shouldGiveUpAtOnceWhenATopicRefusesARecordAndNameTopicAndSetting() {
        // Given: as Kafka Streams reports it
        RuntimeException refused = new StreamsException(
                "Error encountered trying to send record to topic completions for task 0_1 due to:\n…",
                new InvalidTimestampException("Timestamp 1000 of message with offset 0 is out of range."));

        // When / Then
        assertThat(handler.handle(refused)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(handler.fatal())
                .hasValueSatisfying(fatal -> assertThat(fatal)
                        .isInstanceOf(RecordRefusedException.class)
                        .hasMessageContaining("topic completions refuses a record")
                        .hasMessageContaining("message.timestamp.before.max.ms"));
    }
}
