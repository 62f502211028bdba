package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Enrichment with a cache and budgets whose process is killed again and again. */
@Tag("chaos")
@MostlyWaits
class EnrichmentKillIT {
    private static final int PARTITIONS = 2;
    private static final int KILLS = 4;
    private static final int CONTENTS = 5;
    private static final int ASKED = 12;
    private static final int SPENDERS = 6;
    private static final int QUESTIONS = 6;
    private static final int AFFORDED = EnrichmentProcess.BUDGET / EnrichmentProcess.COST;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** A record; each pair of key and content is asked once. A content is asked about in one partition, whose number it has. */
    private record Asked(String key, String content) {
        int partition() {
            return content.charAt(1) - '0';
        }
    }

    @Test
    void shouldComputeNothingTwiceAndSpendNoBudgetTwiceWhateverIsKilled() throws Exception {
        // Given: contents that many keys ask about, and keys that ask about more than they may
        Random random = Seeds.random("EnrichmentKillIT");
        List<Asked> records = records(random);
        Path directory = TestFiles.fresh("enrichment-");
        Map<Asked, List<String>> answers = new HashMap<>();
        Map<String, Long> runsWhenAnswered = new TreeMap<>();
        Instant begin = Instant.now();
        try (EmbeddedBroker broker = broker();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer());
                KafkaConsumer<String, String> reader = reader(broker)) {
            JavaProcess process = EnrichmentProcess.start(broker.bootstrapServers(), directory);
            try {
                // When: it is killed between or inside of its commits
                int kills = 0;
                int sent = 0;
                while (answers.size() < records.size() && Instant.now().isBefore(begin.plus(LIMIT))) {
                    if (sent < records.size() * (kills + 1) / (KILLS + 1)) { // a portion for each process
                        Asked next = records.get(sent++);
                        producer.send(new ProducerRecord<>(
                                        EnrichmentProcess.RECORDS, next.partition(), next.key, next.content))
                                .get();
                    }
                    for (ConsumerRecord<String, String> each : reader.poll(Duration.ofMillis(50))) {
                        note(each, answers);
                        String content = content(each);
                        runsWhenAnswered.computeIfAbsent(content, first -> runs(directory, first));
                    }
                    if (kills < KILLS && answers.size() > records.size() * (2 * kills + 1) / (2 * (KILLS + 1))) {
                        Thread.sleep(random.nextInt(150));
                        process.kill9();
                        kills++;
                        process = EnrichmentProcess.start(broker.bootstrapServers(), directory);
                    }
                }
                assertThat(kills).isEqualTo(KILLS);
                for (int i = 0; i < 20; i++) {
                    reader.poll(Duration.ofMillis(100)).forEach(each -> note(each, answers));
                }
            } finally {
                process.close();
            }
        }

        // Then: each record is answered, once
        assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(records);
        assertThat(answers.values()).allSatisfy(each -> assertThat(each).hasSize(1));
        // a content whose answer was committed is not computed again, by no process
        runsWhenAnswered.forEach((content, runs) ->
                assertThat(runs(directory, content)).as(content).isEqualTo(runs));
        // a key is answered as often as it can afford in an hour of the clock
        long hours = 1
                + ChronoUnit.HOURS.between(
                        begin.truncatedTo(ChronoUnit.HOURS), Instant.now().truncatedTo(ChronoUnit.HOURS));
        for (int spender = 0; spender < SPENDERS; spender++) {
            String key = "spender-" + spender;
            long answered = answers.entrySet().stream()
                    .filter(each -> each.getKey().key.equals(key))
                    .filter(each -> each.getValue().get(0).endsWith(": seen " + each.getKey().content))
                    .count();
            assertThat(answered).as(key).isBetween((long) AFFORDED, Math.min(QUESTIONS, hours * AFFORDED));
        }
        assertThat(answers.values().stream().flatMap(List::stream))
                .allMatch(each -> each.contains(": seen ") || each.endsWith(": BUDGET_EXCEEDED"));
    }

    private static List<Asked> records(Random random) {
        List<Asked> all = new ArrayList<>();
        for (int content = 0; content < CONTENTS * PARTITIONS; content++) {
            for (int asked = 0; asked < ASKED; asked++) {
                all.add(new Asked("asker-" + content + "-" + asked, "p" + content % PARTITIONS + "-shared-" + content));
            }
        }
        for (int spender = 0; spender < SPENDERS; spender++) {
            for (int question = 0; question < QUESTIONS; question++) {
                all.add(new Asked(
                        "spender-" + spender, "p" + spender % PARTITIONS + "-own-" + spender + "-" + question));
            }
        }
        Collections.shuffle(all, random);
        return all;
    }

    private static void note(ConsumerRecord<String, String> answer, Map<Asked, List<String>> answers) {
        answers.computeIfAbsent(new Asked(answer.key(), content(answer)), asked -> new ArrayList<>())
                .add(answer.value());
    }

    private static String content(ConsumerRecord<String, String> answer) {
        return answer.value().substring(0, answer.value().indexOf(':'));
    }

    /** How often the engine ran on a content, in all processes so far. */
    private static long runs(Path directory, String content) {
        try (Stream<String> lines = Files.lines(directory.resolve(EnrichmentProcess.RUNS))) {
            return lines.filter(content::equals).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedBroker broker() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Stream.of(EnrichmentProcess.RECORDS, EnrichmentProcess.ANSWERS)
                            .map(topic -> new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        }
        return broker;
    }

    private static KafkaConsumer<String, String> reader(EmbeddedBroker broker) {
        KafkaConsumer<String, String> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(each -> new TopicPartition(EnrichmentProcess.ANSWERS, each))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        return reader;
    }
}
