package io.causalstreams.topology.internal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.internal.journal.Arrival;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefusalHandlerTest {
    private final Exception withoutKey = new InvalidRecordException(
            "Compacted topic cannot accept message without key in topic partition completions-0.");
    private final Exception tooLarge = new RecordTooLargeException("too large");

    private long nowMs = 1_000_000;
    private final Refusals refusals = new Refusals(() -> nowMs);

    @Test
    void shouldKnowARequestWhoseAnswerWasRefusedAndNoOther() {
        // When
        Result result = handle("exactly_once_v2", CompletionEvent.TYPE, "r-1", "k", 500, tooLarge);

        // Then: the transaction is doomed, the other records of the batch are to be seen
        assertThat(result).isEqualTo(Result.RESUME);
        assertThat(refusals.of(arrival("r-1", "k", 500))).satisfies(refusal -> {
            assertThat(refusal.kind()).isEqualTo(OutputEvent.Kind.COMPLETION);
            assertThat(refusal.topic()).isEqualTo("completions");
            assertThat(refusal.reason()).contains("too large", "max.message.bytes");
        });
        assertThat(refusals.of(arrival("r-2", "k", 500))).isNull();
        assertThat(refusals.of(arrival("r-1", "k", 501))).as("sent again").isNull();
    }

    @Test
    void shouldHoldAMissingKeyAgainstAllThatHaveNoneForAWhile() {
        handle("exactly_once_v2", TokenEvent.TYPE, "r-1", null, 500, withoutKey);
        assertThat(refusals.of(arrival("r-2", null, 600)))
                .extracting(Refusal::kind)
                .isEqualTo(OutputEvent.Kind.TOKENS);
        assertThat(refusals.of(arrival("r-2", "k", 600))).isNull();
        nowMs += 600_001;
        assertThat(refusals.of(arrival("r-2", null, 600))).isNull();
    }

    @Test
    void shouldHoldTheAgeAgainstAllThatAreTooOld() {
        // Given: one by itself, and one of several, which the broker calls invalid records
        String outOfRange =
                "Timestamp %d of message with offset 0 is out of range. The timestamp should be within [%d, %d]";
        for (Exception error : List.of(
                new InvalidTimestampException(outOfRange.formatted(nowMs - 300_000, nowMs - 60_000, nowMs)),
                new InvalidRecordException(outOfRange.formatted(nowMs - 300_000, nowMs - 60_000, nowMs)))) {
            // When
            handle("exactly_once_v2", CompletionEvent.TYPE, "r-1", "k", nowMs - 300_000, error);
            // Then
            assertThat(refusals.of(arrival("r-2", "k", nowMs - 60_001)))
                    .extracting(Refusal::reason)
                    .asString()
                    .contains("message.timestamp.before.max.ms");
            assertThat(refusals.of(arrival("r-2", "k", nowMs - 60_000))).isNull();
        }
    }

    @Test
    void shouldNotHoldATimestampInTheFutureAgainstOthers() {
        handle(
                "exactly_once_v2",
                CompletionEvent.TYPE,
                "r-1",
                "k",
                nowMs - 1,
                new InvalidTimestampException("The timestamp should be within [0, 10]"));
        assertThat(refusals.of(arrival("r-2", "k", nowMs - 1))).isNull();
    }

    @Test
    void shouldEndTheApplicationWhenATopicRefusesOneTransactionAfterTheOther() {
        for (int transaction = 0; transaction < 5; transaction++) {
            for (int request = 0; request < 10; request++) {
                assertThat(handle(
                                "exactly_once_v2",
                                CompletionEvent.TYPE,
                                transaction + "-" + request,
                                "k",
                                500,
                                tooLarge))
                        .isEqualTo(Result.RESUME);
            }
            nowMs += 2_000;
        }
        assertThat(handle("exactly_once_v2", CompletionEvent.TYPE, "r", "k", 500, tooLarge))
                .isEqualTo(Result.FAIL);
        nowMs += 300_001;
        assertThat(handle("exactly_once_v2", CompletionEvent.TYPE, "r", "k", 500, tooLarge))
                .isEqualTo(Result.RESUME);
    }

    @Test
    void shouldSeeTheRefusedRecordBehindTheOthersOfItsBatch() {
        Exception sameBatch = new KafkaException(
                "Failed to append record because it was part of a batch which had one more more invalid records");
        assertThat(handle("exactly_once_v2", CompletionEvent.TYPE, "r-1", "k", 500, sameBatch))
                .isEqualTo(Result.RESUME);
        assertThat(refusals.of(arrival("r-1", "k", 500))).isNull();
    }

    @Test
    void shouldFailWhereNothingCanBeLearned() {
        assertThat(handle("at_least_once", CompletionEvent.TYPE, "r-1", null, 500, withoutKey))
                .as("nothing dooms the transaction")
                .isEqualTo(Result.FAIL);
        assertThat(handle("exactly_once_v2", "somebody.elses", "r-1", null, 500, withoutKey))
                .as("no answer")
                .isEqualTo(Result.FAIL);
        assertThat(handle("exactly_once_v2", CompletionEvent.TYPE, "r-1", null, 500, new KafkaException("other")))
                .as("no refusal")
                .isEqualTo(Result.FAIL);
        assertThat(handle("exactly_once_v2", CompletionEvent.TYPE, "r-1", null, 500, new TimeoutException("other")))
                .as("the broker's trouble")
                .isEqualTo(Result.RETRY);
        assertThat(refusals.of(arrival("r-1", null, 500))).isNull();
    }

    private Result handle(
            String guarantee, String type, String requestId, @Nullable String key, long timestamp, Exception error) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventHeaders.TYPE, bytes(type));
        headers.add(EventHeaders.SUBJECT, bytes(requestId));
        RefusalHandler handler = new RefusalHandler();
        handler.configure(Map.of("processing.guarantee", guarantee, Refusals.PROPERTY, refusals));
        ErrorHandlerContext context = new DefaultErrorHandlerContext(
                null, null, -1, -1, new RecordHeaders(), "sink", new TaskId(0, 0), -1, null, null);
        return handler.handleError(
                        context,
                        new ProducerRecord<>(
                                "completions",
                                null,
                                timestamp,
                                key == null ? null : bytes(key),
                                bytes("secret"),
                                headers),
                        error)
                .result();
    }

    private static Arrival arrival(String id, @Nullable String key, long timestamp) {
        return new Arrival(
                0,
                id,
                key == null ? null : Bytes.wrap(bytes(key)),
                Bytes.wrap(bytes("{}")),
                new RecordHeaders(),
                "prompts",
                0,
                0,
                timestamp);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
