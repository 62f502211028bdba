package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.internal.journal.Arrival;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Headers of a dead letter: the original's, and the error's in the names of KIP-1034, as Kafka Streams' own handlers
 * write them. They are built from the journaled facts, since a punctuator has no record context.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034</a>
 */
public final class DeadLetterHeaders {

    public static final String EXCEPTION = "__streams.errors.exception";
    public static final String MESSAGE = "__streams.errors.message";
    public static final String STACKTRACE = "__streams.errors.stacktrace";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";

    /** Frames of the cause that are written; the header must not push a large original over the broker's limit. */
    private static final int FRAMES = 6;

    private DeadLetterHeaders() {}

    /** The headers of {@code arrival}'s dead letter. */
    public static Headers of(Arrival arrival, Throwable cause) {
        Map<String, String> error = Map.of(
                EXCEPTION, cause.getClass().getName(),
                MESSAGE, String.valueOf(cause.getMessage()),
                STACKTRACE, stackTrace(cause),
                TOPIC, arrival.topic(),
                PARTITION, Integer.toString(arrival.partition()),
                OFFSET, Long.toString(arrival.offset()));
        Headers headers = new RecordHeaders(arrival.headers());
        // a dead letter that was sent again must not carry its first death beside its second
        error.keySet().forEach(headers::remove);
        error.forEach((key, value) -> headers.add(key, value.getBytes(StandardCharsets.UTF_8)));
        return headers;
    }

    private static String stackTrace(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.toString());
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
            text.append("\n\tat ").append(frames[i]);
        }
        return text.toString();
    }
}
