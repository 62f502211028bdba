package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.app.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * A rolling upgrade on a real broker: an operator of the first release was stopped in the middle of its work, instances of
 * this one take over, one after the other. The old release is not run: its recorded changelog and outputs stand for it.
 */
class UpgradeIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String APPLICATION = "app";

    /** Their deadlines passed long ago. */
    private static final Set<String> EXPIRED = Set.of("expired", "deadline");

    private final RecordedTopics recorded = RecordedTopics.read("journal-1", "prompts");
    private final Map<String, String> answers = new HashMap<>();

    @Test
    void shouldAnswerOnceWhatTheOldReleaseLeftWhileInstancesComeAndGo() throws Exception {
        // Given: topics and offsets as the old release left them
        for (JsonNode completion : recorded.laterCompletions()) {
            JsonNode choice = completion.path("choices").path(0);
            answers.put(
                    completion.path("id").asText(),
                    choice.path("text")
                            .asText(choice.path("message").path("content").asText()));
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            createTopics(broker.bootstrapServers());
            recorded.write(broker.bootstrapServers());
            commitPrompts(broker.bootstrapServers());

            // When: the first new instance, then a second beside it, then the first one leaves
            Set<String> ids = new TreeSet<>(answers.keySet());
            ids.removeAll(EXPIRED);
            InProcessOperator first = start(broker);
            try {
                client.readUntil("a new token", LIMIT, () -> client.tokensSeen("extras") > 12);
                try (InProcessOperator second = start(broker)) {
                    first.close();
                    client.send("new", "{\"id\": \"new\", \"prompt\": \"x\"}");
                    client.readCompletions(ids, LIMIT);
                    client.readCompletions(List.of("new"), LIMIT);
                    client.readCompletions(EXPIRED, LIMIT);
                    client.readFor(Duration.ofSeconds(1));
                    assertThat(second.deaths).hasValue(0);
                }
            } finally {
                first.close();
            }

            // Then
            assertThat(first.deaths).hasValue(0);
            assertThat(client.violations(ids.stream().filter(this::hasText).toList()))
                    .isEmpty();
            for (String id : ids) {
                assertThat(client.completions.get(id)).as(id).hasSize(1);
                assertThat(client.text(id)).as(id).isEqualTo(answers.get(id));
            }
        }
    }

    private boolean hasText(String id) {
        return !answers.getOrDefault(id, "").isEmpty();
    }

    /** A word takes a while, so that the instances change in mid-generation. */
    private InProcessOperator start(EmbeddedBroker broker) {
        HeldEngine engine = new HeldEngine(
                request -> request.id().equals("labels") ? "good" : answers.getOrDefault(request.id(), "It is so."));
        engine.letGo();
        return InProcessOperator.start(
                new SlowEngine(engine, Duration.ofMillis(300), 0),
                broker.bootstrapServers(),
                Map.of(
                        "application.id",
                        APPLICATION,
                        "causal.streams.max.in.flight.requests",
                        9,
                        "causal.streams.conversation.by.key",
                        true));
    }

    private static void createTopics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.of(
                                    "prompts",
                                    "tokens",
                                    "completions",
                                    "dead-letters",
                                    APPLICATION + "-causal-streams-journal-changelog")
                            .map(topic -> new NewTopic(topic, 2, (short) 1)
                                    .configs(
                                            topic.endsWith("-changelog")
                                                    ? Map.of("cleanup.policy", "compact")
                                                    : Map.of("retention.ms", "-1")))
                            .toList())
                    .all()
                    .get();
        }
    }

    /** The old release has read every recorded prompt. */
    private void commitPrompts(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.alterConsumerGroupOffsets(
                            APPLICATION,
                            Map.of(new TopicPartition("prompts", 0), new OffsetAndMetadata(recorded.count("prompts"))))
                    .all()
                    .get();
        }
    }
}
