package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.streams.StreamsConfig;

/** The topics the operator reads and writes, created where they are missing. */
public final class Topics {
    private static final int ANSWER_SECONDS = 30;

    private Topics() {}

    /**
     * Creates what is missing, with the broker's default replication. Output topics get as many partitions as the prompts
     * topic has, so that a key keeps its partition, and take records as large as the operator may write.
     *
     * @param partitions of a new prompts topic
     * @return the topics that were created
     * @throws AppException if a topic is missing and cannot be created
     */
    public static List<String> createMissing(KafkaConnection connection, CausalStreamsConfig config, int partitions) {
        String prompts = config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG);
        List<String> outputs = List.of(
                config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.SHADOWS_TOPIC_CONFIG));
        String adapters = config.getString(CausalStreamsConfig.ADAPTERS_TOPIC_CONFIG);
        Map<String, String> outputConfig = Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG)));
        List<String> created = new ArrayList<>();
        try (Admin admin = connection.admin()) {
            Set<String> existing =
                    admin.listTopics().names().get(ANSWER_SECONDS, java.util.concurrent.TimeUnit.SECONDS);
            int promptPartitions = existing.contains(prompts) ? partitionsOf(admin, prompts) : partitions;
            if (!existing.contains(prompts)) {
                create(admin, new NewTopic(prompts, Optional.of(promptPartitions), Optional.empty()), "Read", created);
            }
            for (String output : outputs) {
                if (!output.isEmpty() && !existing.contains(output)) {
                    NewTopic topic = new NewTopic(output, Optional.of(promptPartitions), Optional.empty());
                    create(admin, topic.configs(outputConfig), "Write", created);
                }
            }
            if (!adapters.isEmpty() && !existing.contains(adapters)) {
                create(admin, compacted(adapters), "Read", created);
            }
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new AppException("cannot look at the topics of " + connection.servers() + ": " + ErrorLine.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while creating topics", e);
        }
        return created;
    }

    /** Creates those of these topics that are missing, with the broker's defaults. */
    public static void createMissing(KafkaConnection connection, List<String> topics) {
        try (Admin admin = connection.admin()) {
            for (String topic : topics) {
                create(admin, new NewTopic(topic, Optional.empty(), Optional.empty()), "Read", new ArrayList<>());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while creating topics", e);
        }
    }

    /** Creates a compacted topic of one partition, so that its records are read in the order they were written; unless it is there. */
    public static void createCompacted(KafkaConnection connection, String topic) {
        try (Admin admin = connection.admin()) {
            create(admin, compacted(topic), "Write", new ArrayList<>());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while creating topics", e);
        }
    }

    private static NewTopic compacted(String topic) {
        return new NewTopic(topic, Optional.of(1), Optional.empty())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    /** What the HTTP door needs to know, of JSON. */
    public static DoorTopics ofDoor(CausalStreamsConfig config) {
        return ofDoor(config, ValueFormat.json());
    }

    /** The same of prompts and completions in some format. */
    public static DoorTopics ofDoor(CausalStreamsConfig config, ValueFormat format) {
        return new DoorTopics(
                config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG),
                config.originals()
                        .getOrDefault(StreamsConfig.APPLICATION_ID_CONFIG, "causal-streams")
                        .toString(),
                format);
    }

    private static int partitionsOf(Admin admin, String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .partitions()
                .size();
    }

    /** @param right without which an existing topic is not listed either */
    private static void create(Admin admin, NewTopic topic, String right, List<String> created)
            throws InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            created.add(topic.name());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                throw new AppException(
                        "no " + right + " on topic " + topic.name()
                                + ", or it is missing and this client may not create it; grant the right"
                                + " (docs/operations.md lists all rights serve needs) or create the topic",
                        e);
            }
            if (!(e.getCause() instanceof TopicExistsException)) { // someone was faster
                throw new AppException(
                        "topic " + topic.name() + " is missing and cannot be created: " + ErrorLine.of(e)
                                + "; create it by hand",
                        e);
            }
        }
    }
}
