package io.causalstreams.topology;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * The input has more partitions than the journal's changelog: Kafka Streams gives each partition a task, each task a
 * partition of the changelog, and never changes how many that has. One line that says what to do; nothing is lost by it,
 * since a task reads and writes its own partition only.
 */
public final class ChangelogPartitionsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What Kafka Streams says when partitions are assigned: in a classic group, and in a streams group. */
    private static final Pattern MISMATCH = Pattern.compile("topic (\\S+) has"
            + " (?:invalid partitions: expected: (\\d+); actual: (\\d+)"
            + "|different number of partitions: expected (\\d+), found (\\d+))");

    private ChangelogPartitionsException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The mismatch that a stream thread died of, or null when it died of something else. */
    static @Nullable ChangelogPartitionsException in(Throwable death) {
        for (Throwable each = death; each != null; each = each.getCause()) {
            Matcher mismatch = MISMATCH.matcher(String.valueOf(each.getMessage()));
            if (each instanceof StreamsException && mismatch.find()) {
                int group = mismatch.group(2) == null ? 4 : 2;
                return of(mismatch.group(1), Integer.parseInt(mismatch.group(group)), mismatch.group(group + 1), each);
            }
        }
        return null;
    }

    private static ChangelogPartitionsException of(String topic, int wanted, String has, Throwable cause) {
        String what = "topic " + topic + " has partitions: " + has + ", its input has " + wanted;
        return new ChangelogPartitionsException(
                Integer.parseInt(has) < wanted
                        ? what + "; give it as many (kafka-topics.sh --alter --topic " + topic + " --partitions "
                                + wanted + ") and start again: what is not answered goes on"
                        : what + "; give the input as many and start again",
                cause);
    }
}
