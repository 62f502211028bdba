package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.http.DoorTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the HTTP door may do with its topics. Without these rights it would open all the same and answer nobody. */
public final class DoorRights {

    /** A broker learns of a new topic from its controller, a moment after it was made. */
    private static final Duration UNTIL_KNOWN = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(200);

    private DoorRights() {}

    /**
     * Asks the broker what this client may do with the door's topics, which exist.
     *
     * @throws AppException if a right is missing, naming all that are
     */
    public static void check(KafkaConnection connection, DoorTopics topics) {
        Map<String, AclOperation> needed = new LinkedHashMap<>();
        needed.put(topics.prompts(), AclOperation.WRITE);
        topics.outputs().forEach(output -> needed.put(output, AclOperation.READ));
        List<String> missing = new ArrayList<>();
        try (Admin admin = connection.admin()) {
            for (Map.Entry<String, AclOperation> right : needed.entrySet()) {
                if (!may(admin, right.getValue(), right.getKey())) {
                    missing.add("no " + (right.getValue() == AclOperation.WRITE ? "Write" : "Read") + " on topic "
                            + right.getKey());
                }
            }
        } catch (ExecutionException e) {
            throw new AppException("cannot ask what the HTTP door may do: " + ErrorLine.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while the HTTP door was opened", e);
        }
        if (!missing.isEmpty()) {
            throw new AppException("the broker refuses the HTTP door of " + Refusal.user(connection.properties()) + ": "
                    + String.join(", ", missing) + "; grant that (docs/http.md lists its rights) and start again");
        }
    }

    private static boolean may(Admin admin, AclOperation operation, String topic)
            throws ExecutionException, InterruptedException {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        long end = System.nanoTime() + UNTIL_KNOWN.toNanos();
        while (true) {
            try {
                Set<AclOperation> granted = admin.describeTopics(Set.of(topic), options)
                        .topicNameValues()
                        .values()
                        .iterator()
                        .next()
                        .get()
                        .authorizedOperations();
                return granted == null || granted.contains(operation); // null: this broker does not say
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    return false;
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }
}
