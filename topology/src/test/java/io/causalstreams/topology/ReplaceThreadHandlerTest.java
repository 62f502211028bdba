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
    void shouldReplaceThreadsAsLongAsTheBrokerIsAwayOrATopicIsMissing() {
        RuntimeException away = new StreamsException("x", new TimeoutException("no answer"));
        for (int death = 0; death < 100; death++) {
            assertThat(handler.handle(away)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
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
