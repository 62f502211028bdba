package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.http.DoorTopics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** What the HTTP door may do with its topics. Without these rights it would open all the same and answer nobody. */
public final class DoorRights {

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
            Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                            needed.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
                AclOperation operation = needed.getOrDefault(topic.getKey(), AclOperation.READ);
                if (!may(operation, topic.getValue())) {
                    missing.add("no " + (operation == AclOperation.WRITE ? "Write" : "Read") + " on topic "
                            + topic.getKey());
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

    private static boolean may(AclOperation operation, KafkaFuture<TopicDescription> described)
            throws ExecutionException, InterruptedException {
        try {
            Set<AclOperation> granted = described.get().authorizedOperations();
            return granted == null || granted.contains(operation); // null: this broker does not say
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                return false;
            }
            throw e;
        }
    }
}
