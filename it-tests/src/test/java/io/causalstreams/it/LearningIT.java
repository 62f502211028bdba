package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.topology.adapter.AdapterEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code serve --learn}, killed again and again while it collects, tunes and publishes. */
@Tag("chaos")
@MostlyWaits
class LearningIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int PROMPTS = 90;
    private static final int KILLS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldLearnEachCorrectionOnceWhateverIsKilled() throws Exception {
        Random random = Seeds.random("LearningIT");
        Path state = TestFiles.fresh("learning-");
        List<String> ids = IntStream.range(0, PROMPTS).mapToObj(i -> "q" + i).toList();
        Set<String> learnable = new TreeSet<>();
        ids.stream().filter(id -> !isHeldBack(id)).forEach(learnable::add);
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            CommandProcess serve = serve(broker, state);
            List<JsonNode> rounds = new ArrayList<>();
            int kills = 0;
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            Map.of("bootstrap.servers", broker.bootstrapServers()),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> reports = reader(broker)) {
                // Given: questions, their answers, and each answer corrected twice
                ids.forEach(id -> client.send(id, prompt(id)));
                client.readCompletions(ids, LIMIT);
                for (String id : ids) {
                    correct(producer, id, "yes it is");
                    correct(producer, id, "no it is not");
                }

                // When: the process is killed in whatever phase it is
                Instant end = Instant.now().plus(LIMIT);
                while (learned(rounds).size() < learnable.size()
                        && Instant.now().isBefore(end)) {
                    for (ConsumerRecord<byte[], byte[]> report : reports.poll(Duration.ofMillis(200))) {
                        if (report.topic().equals("learning")) {
                            rounds.add(JSON.readTree(report.value()));
                        }
                    }
                    if (kills < KILLS && random.nextInt(12) == 0) {
                        Thread.sleep(random.nextInt(400));
                        serve.kill9();
                        kills++;
                        serve = serve(broker, state);
                    }
                }
                assertThat(kills).isGreaterThan(0);
                for (int i = 0; i < 15; i++) {
                    reports.poll(Duration.ofMillis(200))
                            .forEach(report -> assertThat(report.topic()).isNotEqualTo("learning"));
                }

                // Then: each record was in one round, and what was better is served
                assertThat(learned(rounds)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(learnable);
                assertThat(rounds).noneMatch(round -> round.has("error"));
                List<String> published = rounds.stream()
                        .filter(round -> round.has("published"))
                        .map(round -> round.path("published").asText())
                        .toList();
                assertThat(published).isNotEmpty();
                assertThat(rounds)
                        .allSatisfy(round -> assertThat(round.has("published"))
                                .isEqualTo(round.path("loss_after").asDouble()
                                        < round.path("loss_before").asDouble()));
                assertThat(adapters(broker)).as("published once, in order").isEqualTo(published);
                client.send("k", prompt("after"));
                client.readCompletions(List.of("after"), LIMIT);
                assertThat(client.completion("after").path("adapter_version").asText())
                        .isEqualTo(published.get(published.size() - 1));
            } finally {
                serve.close();
            }
        }
    }

    private static List<String> learned(List<JsonNode> rounds) {
        List<String> ids = new ArrayList<>();
        rounds.forEach(round -> round.path("ids").forEach(id -> ids.add(id.asText())));
        return ids;
    }

    private static boolean isHeldBack(String id) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % 10 == 0;
    }

    private static void correct(KafkaProducer<byte[], byte[]> producer, String id, String completion) throws Exception {
        String value = "{\"id\": \"%s\", \"completion\": \"%s\"}".formatted(id, completion);
        producer.send(new ProducerRecord<>("corrections", null, value.getBytes(StandardCharsets.UTF_8)))
                .get();
    }

    /** Digests of what was published, in order. */
    private static List<String> adapters(EmbeddedBroker broker) {
        List<String> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader(broker)) {
            for (int i = 0; i < 10; i++) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    if (record.topic().equals("adapters")) {
                        all.add(AdapterEvent.read(record.value()).sha256());
                    }
                }
            }
        }
        return all;
    }

    private static KafkaConsumer<byte[], byte[]> reader(EmbeddedBroker broker) {
        KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of("learning", "adapters")
                .flatMap(topic -> reader.partitionsFor(topic).stream())
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        return reader;
    }

    private static CommandProcess serve(EmbeddedBroker broker, Path state) {
        return CommandProcess.serveSmall(
                broker.bootstrapServers(),
                LIMIT,
                Map.of(
                        "state.dir",
                        state.resolve("streams").toString(),
                        "causal.streams.adapters.directory",
                        state.resolve("adapters").toString()),
                "",
                "--model",
                TestModels.tinyChatCheckpoint().toString(),
                "--adapters-topic",
                "adapters",
                "--learn",
                "support",
                "--learn-records",
                "24",
                "--learn-minutes",
                "0.2",
                "--learn-epochs",
                "60",
                "--learn-rate",
                "5e-3",
                "--learn-rank",
                "4",
                "--learn-work",
                state.resolve("work").toString(),
                "--learn-store",
                state.resolve("store").toString());
    }

    private static String prompt(String id) {
        return "{\"id\": \"%s\", \"adapter\": \"support\", \"messages\": [{\"role\": \"user\", \"content\": \"Is %s right?\"}], \"max_tokens\": 8}"
                .formatted(id, id);
    }
}
