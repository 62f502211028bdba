package io.causalstreams.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent whose process is killed again and again, while a tool answers every call twice. */
@Tag("chaos")
@MostlyWaits
class AgentKillIT {
    private static final int QUESTIONS = 40;
    private static final int KILLS = 4;
    private static final int PARTITIONS = 2;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @Test
    void shouldCallOnceAndAnswerOnceWhateverIsKilled() throws Exception {
        Random random = Seeds.random("AgentKillIT");
        Path state = TestFiles.fresh("agent-");
        List<ToolCallEvent> calls = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        try (EmbeddedBroker broker = broker();
                KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new StringSerializer(),
                        new ByteArraySerializer());
                KafkaConsumer<String, byte[]> reader = reader(broker)) {
            JavaProcess agent = AgentProcess.start(broker.bootstrapServers(), state);
            try {
                // When: questions and results come slowly, and the process is killed between or inside of its commits
                int kills = 0;
                int sent = 0;
                Instant end = Instant.now().plus(LIMIT);
                while (answers.size() < QUESTIONS && Instant.now().isBefore(end)) {
                    if (sent < QUESTIONS) {
                        String question = "q" + sent++;
                        send(producer, AgentProcess.QUESTIONS, question, question.getBytes(UTF_8));
                    }
                    for (var record : reader.poll(Duration.ofMillis(100))) {
                        if (record.topic().equals(AgentProcess.ANSWERS)) {
                            answers.add(new String(record.value(), UTF_8));
                            continue;
                        }
                        ToolCallEvent call =
                                ToolCallEvent.serde().deserializer().deserialize(record.topic(), record.value());
                        calls.add(call);
                        answer(producer, record.key(), call.result(record.key() + call.argument("round")));
                        answer(producer, record.key(), call.result("again"));
                        if (kills < KILLS
                                && calls.size() > (kills + 1) * QUESTIONS * AgentProcess.ROUNDS / (KILLS + 1)) {
                            Thread.sleep(random.nextInt(150));
                            agent.kill9();
                            kills++;
                            agent = AgentProcess.start(broker.bootstrapServers(), state);
                        }
                    }
                }
                assertThat(kills).isEqualTo(KILLS);
                for (int i = 0; i < 20; i++) {
                    reader.poll(Duration.ofMillis(100)).forEach(record -> answers.add("more: " + record.key()));
                }
            } finally {
                agent.close();
            }
        }
        // Then
        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, QUESTIONS)
                        .mapToObj(each -> "q%d: q%d0 q%d1 q%d2".formatted(each, each, each, each))
                        .toList());
        assertThat(calls)
                .hasSize(QUESTIONS * AgentProcess.ROUNDS)
                .extracting(call -> call.conversation() + ":" + call.id())
                .doesNotHaveDuplicates();
    }

    private static void answer(KafkaProducer<String, byte[]> producer, String key, ToolResultEvent result)
            throws Exception {
        send(
                producer,
                AgentProcess.RESULTS,
                key,
                ToolResultEvent.serde().serializer().serialize(AgentProcess.RESULTS, result));
    }

    private static void send(KafkaProducer<String, byte[]> producer, String topic, String key, byte[] value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, key, value)).get();
    }

    private static EmbeddedBroker broker() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Stream.of(
                                    AgentProcess.QUESTIONS,
                                    AgentProcess.CALLS,
                                    AgentProcess.RESULTS,
                                    AgentProcess.ANSWERS)
                            .map(topic -> new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        }
        return broker;
    }

    private static KafkaConsumer<String, byte[]> reader(EmbeddedBroker broker) {
        KafkaConsumer<String, byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(AgentProcess.CALLS, AgentProcess.ANSWERS)
                .flatMap(topic -> IntStream.range(0, PARTITIONS).mapToObj(each -> new TopicPartition(topic, each)))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        return reader;
    }
}
