package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;

/**
 * An output topic did not take a record of an answer, and will never take it.
 *
 * @param kind of the record
 * @param topic its topic
 * @param reason what the broker said, and which settings it goes by; nothing of the record
 */
public record Refusal(OutputEvent.Kind kind, String topic, String reason) {

    /** Errors of the produce protocol that sending again does not help against, and that are nobody's missing right. */
    private static final Set<Class<?>> ERRORS = Set.of(
            InvalidRecordException.class,
            InvalidTimestampException.class,
            InvalidTopicException.class,
            PolicyViolationException.class,
            RecordBatchTooLargeException.class,
            RecordTooLargeException.class,
            UnsupportedCompressionTypeException.class,
            UnsupportedForMessageFormatException.class);

    /** What the producer says of the other records of a batch; it does not name the refused one. */
    private static final String SAME_BATCH = "part of a batch which had one more more invalid records";

    /** What the broker says of a timestamp. */
    private static final Pattern TAKEN = Pattern.compile("timestamp should be within \\[(\\d+), \\d+]");

    /** Whether the broker means the record this was said of. */
    public static boolean isMeant(Throwable error) {
        return ERRORS.contains(error.getClass());
    }

    /** Whether the broker means another record of the same batch. */
    public static boolean isOfSameBatch(Throwable error) {
        return String.valueOf(error.getMessage()).contains(SAME_BATCH);
    }

    /** Whether the broker means the record's missing key. */
    static boolean isWithoutKey(Throwable error) {
        return String.valueOf(error.getMessage()).contains("without key");
    }

    /** The oldest timestamp that would have been taken, when the error says so, milliseconds since 1970. */
    static OptionalLong oldestTaken(Throwable error) {
        Matcher range = TAKEN.matcher(String.valueOf(error.getMessage()));
        return range.find() ? OptionalLong.of(Long.parseLong(range.group(1))) : OptionalLong.empty();
    }

    /** What the broker said, on one line. */
    public static String said(Throwable error) {
        String line = String.valueOf(error.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    /** The topic's settings that an error is about. */
    public static String settings(Throwable error) {
        if (error instanceof InvalidTimestampException
                || oldestTaken(error).isPresent()) { // of several records it says INVALID_RECORD
            return "message.timestamp.before.max.ms or message.timestamp.after.max.ms";
        }
        if (error instanceof RecordTooLargeException) {
            return "max.message.bytes (or causal.streams.record.max.bytes)";
        }
        if (error instanceof RecordBatchTooLargeException) {
            return "segment.bytes";
        }
        if (error instanceof UnsupportedCompressionTypeException) {
            return "compression.type";
        }
        if (error instanceof InvalidTopicException) {
            return "name";
        }
        if (isWithoutKey(error)) {
            return "cleanup.policy (compaction needs keys)";
        }
        return "settings (cleanup.policy, message.timestamp.*.max.ms, max.message.bytes)";
    }

    static Refusal of(OutputEvent.Kind kind, String topic, Throwable error) {
        return new Refusal(kind, topic, said(error) + "; send a request it takes, or change its " + settings(error));
    }

    /** Why a request that could be answered is not. */
    public static final class AnswerRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Refusal refusal;

        AnswerRefusedException(Refusal refusal) {
            super("topic " + refusal.topic + " refuses its answer: " + refusal.reason);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }
}
