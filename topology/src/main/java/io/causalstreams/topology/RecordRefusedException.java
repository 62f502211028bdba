package io.causalstreams.topology;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * A topic refuses a record by its settings, and will refuse it each time: the transaction is aborted, and what was in it
 * is published again when the topic takes it. One line that names the topic, the broker's reason and the settings.
 */
public final class RecordRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What Kafka Streams says of a send that failed. */
    private static final Pattern TOPIC = Pattern.compile("to topic (\\S+) for task");

    /** What the producer says of the other records of a batch; it does not name the refused one. */
    private static final String SAME_BATCH = "part of a batch which had one more more invalid records";

    private static final Set<Class<?>> REFUSALS = Set.of(
            InvalidRecordException.class,
            InvalidTimestampException.class,
            InvalidTopicException.class,
            PolicyViolationException.class,
            RecordTooLargeException.class,
            UnsupportedForMessageFormatException.class);

    private RecordRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The refusal that a stream thread died of, or null when it died of something else. */
    static @Nullable RecordRefusedException in(Throwable death) {
        String topic = null;
        for (Throwable each = death; each != null; each = each.getCause()) {
            String message = String.valueOf(each.getMessage());
            if (each instanceof StreamsException) {
                Matcher named = TOPIC.matcher(message);
                topic = named.find() ? named.group(1) : topic;
            }
            if (REFUSALS.contains(each.getClass()) || message.contains(SAME_BATCH)) {
                return refusal(topic == null ? "a topic" : "topic " + topic, each);
            }
        }
        return null;
    }

    private static RecordRefusedException refusal(String topic, Throwable cause) {
        return new RecordRefusedException(
                topic + " refuses a record: " + firstLine(cause) + "; change its " + settings(cause)
                        + " and start again: what is not answered goes on",
                cause);
    }

    private static String settings(Throwable cause) {
        if (cause instanceof InvalidTimestampException) {
            return "message.timestamp.before.max.ms or message.timestamp.after.max.ms";
        }
        if (cause instanceof RecordTooLargeException) {
            return "max.message.bytes (or causal.streams.record.max.bytes)";
        }
        if (String.valueOf(cause.getMessage()).contains("without key")) {
            return "cleanup.policy (compaction needs keys)";
        }
        return "settings (cleanup.policy, message.timestamp.*.max.ms, max.message.bytes)";
    }

    private static String firstLine(Throwable cause) {
        String line = String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
