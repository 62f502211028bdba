package io.causalstreams.topology;

import io.causalstreams.topology.internal.answer.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * A topic is missing, or refuses a record by its settings, and will refuse it each time: the transaction is aborted, and what was in it
 * is published again when the topic takes it. One line that names the topic, the broker's reason and the settings.
 */
public final class RecordRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What Kafka Streams says of a send that failed. */
    private static final Pattern TOPIC = Pattern.compile("to topic (\\S+) for task");

    /** What the producer says after it has waited for {@code max.block.ms}. */
    private static final Pattern MISSING = Pattern.compile("Topic (\\S+) not present in metadata");

    private RecordRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * The refusal that a stream thread died of, or null when it died of something else; also when the refusal was
     * learned of ({@link io.causalstreams.topology.internal.answer.RefusalHandler}), so that the next thread knows better.
     */
    static @Nullable RecordRefusedException in(Throwable death) {
        String topic = null;
        for (Throwable each = death; each != null; each = each.getCause()) {
            if (each instanceof StreamsException) {
                Matcher named = TOPIC.matcher(String.valueOf(each.getMessage()));
                topic = named.find() ? named.group(1) : topic;
            }
            Matcher missing = MISSING.matcher(String.valueOf(each.getMessage()));
            if (each instanceof TimeoutException && missing.find()) {
                return new RecordRefusedException(
                        "topic " + missing.group(1)
                                + " is missing; create it and start again: what is not answered goes on",
                        each);
            }
            if (topic != null && (Refusal.isMeant(each) || Refusal.isOfSameBatch(each))) {
                return refusal(topic, each);
            }
        }
        return null;
    }

    private static RecordRefusedException refusal(String topic, Throwable cause) {
        return new RecordRefusedException(
                "topic " + topic + " refuses a record: " + Refusal.said(cause) + "; change its "
                        + Refusal.settings(cause) + " and start again: what is not answered goes on",
                cause);
    }
}
