package io.causalstreams.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.adapter.AdapterEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes a round, and that each record is in one, with a tuner that says what a test wants. */
class LearningTopologyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LearningSettings SETTINGS = LearningSettings.of(
                    "support",
                    new LearningSettings.Topics("prompts", "completions", "corrections", "adapters", "learning"))
            .withRounds(3, Duration.ofMinutes(10));

    @TempDir
    Path directory;

    @Test
    void shouldJoinInAnyOrderAndTakeTheFirstCorrection() {
        FakeTuner tuner = new FakeTuner();
        try (Loop loop = new Loop(tuner)) {
            // Given
            List<String> ids = learnable(3);
            loop.holdBackOne();

            // When: a correction first, a prompt of somebody else, corrections twice
            loop.correct(ids.get(0), "\"label\": \"x\"");
            loop.prompt(ids.get(0), "support");
            loop.complete(ids.get(0), "y");
            loop.all(ids.get(1), "\"completion\": \"first\"");
            loop.correct(ids.get(1), "\"completion\": \"second\"");
            loop.prompt("other", "billing");
            loop.complete("other", "z");
            loop.correct("other", "\"label\": \"x\"");
            loop.all(ids.get(2), "\"accepted\": true");
            loop.all(ids.get(2), "\"accepted\": true");
            loop.runRound();

            // Then
            assertThat(tuner.rounds).singleElement().satisfies(round -> {
                assertThat(round.records())
                        .extracting(LearningTopologyTest::json)
                        .containsExactly(
                                json("{\"prompt\":\"ask %s\",\"label\":\"x\"}".formatted(ids.get(0))),
                                json("{\"prompt\":\"ask %s\",\"completion\":\"first\"}".formatted(ids.get(1))),
                                json("{\"prompt\":\"ask %s\",\"completion\":\"answer\"}".formatted(ids.get(2))));
                assertThat(round.heldBack()).hasSize(1);
                assertThat(round.start()).isNull();
            });
            assertThat(loop.reports.readValue())
                    .satisfies(report -> assertThat(json(report).path("ids"))
                            .extracting(JsonNode::asText)
                            .containsExactlyElementsOf(ids));
        }
    }

    @Test
    void shouldLearnFromPromptsAndCompletionsOfAnotherFormat() {
        // Given: JSON behind a line
        FakeTuner tuner = new FakeTuner();
        LearningSettings.Topics topics = new LearningSettings.Topics(
                "prompts", "completions", "corrections", "adapters", "learning", new BehindALine());
        try (Loop loop = new Loop(
                tuner, LearningSettings.of("support", topics).withRounds(3, Duration.ofMinutes(10)), "framed\n")) {
            // When
            loop.holdBackOne();
            learnable(3).forEach(id -> loop.all(id, "\"accepted\": true"));
            loop.runRound();

            // Then
            assertThat(tuner.rounds)
                    .singleElement()
                    .satisfies(round -> assertThat(round.records()).hasSize(3));
        }
    }

    private static final class BehindALine implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            String text = new String(value, StandardCharsets.UTF_8);
            return text.substring(text.indexOf('\n')).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            throw new UnsupportedOperationException("the loop writes none");
        }
    }

    @Test
    void shouldPublishWhatIsBetterAndGoOnFromIt() {
        FakeTuner tuner = new FakeTuner();
        try (Loop loop = new Loop(tuner)) {
            loop.holdBackOne();
            List<String> ids = learnable(9);

            // When: a round that is better, one that is not, one that fails
            ids.subList(0, 3).forEach(id -> loop.all(id, "\"accepted\": true"));
            loop.runRound();
            KeyValue<String, byte[]> published = loop.published.readKeyValue();
            loop.served.pipeInput(published.key, published.value);
            tuner.isBetter = false;
            ids.subList(3, 6).forEach(id -> loop.all(id, "\"accepted\": true"));
            loop.runRound();
            tuner.fails = true;
            ids.subList(6, 9).forEach(id -> loop.all(id, "\"accepted\": true"));
            loop.runRound();

            // Then
            assertThat(published.key).isEqualTo("support");
            assertThat(tuner.rounds).hasSize(3);
            assertThat(tuner.rounds.get(1).start()).isEqualTo(AdapterEvent.read(published.value));
            assertThat(tuner.rounds)
                    .allSatisfy(round -> assertThat(round.records()).hasSize(3));
            assertThat(loop.published.isEmpty()).isTrue();
            List<JsonNode> reports = loop.reports.readValuesToList().stream()
                    .map(LearningTopologyTest::json)
                    .toList();
            assertThat(reports.get(0).path("published").asText())
                    .isEqualTo(AdapterEvent.read(published.value).sha256());
            assertThat(reports.get(1).has("published")).isFalse();
            assertThat(reports.get(2).path("error").asText()).contains("no luck");
        }
    }

    /** What the store holds is all that a new owner has. */
    @Test
    void shouldRunTheSameRoundAgainAfterARestart() throws InterruptedException {
        List<String> ids = learnable(4);
        FakeTuner first = new FakeTuner();
        first.stalls = new CountDownLatch(1);
        List<KeyValue<String, String>> kept;
        try (Loop loop = new Loop(first)) {
            // Given: a round that has begun, with a record that came after it
            loop.holdBackOne();
            ids.subList(0, 3).forEach(id -> loop.all(id, "\"accepted\": true"));
            loop.turn();
            loop.turn();
            assertThat(first.begun.await(10, TimeUnit.SECONDS)).isTrue();
            loop.all(ids.get(3), "\"accepted\": true");
            kept = loop.records();
        }

        // When: another takes over
        FakeTuner second = new FakeTuner();
        try (Loop loop = new Loop(second)) {
            loop.restore(kept);
            loop.runRound();

            // Then
            assertThat(second.rounds).isEqualTo(first.rounds);
            assertThat(loop.reports.readValuesToList()).hasSize(1);

            // and the record that came later is in the next, when it has waited long enough
            loop.driver.advanceWallClockTime(Duration.ofMinutes(11));
            loop.runRound();
            assertThat(json(loop.reports.readValue()).path("ids"))
                    .extracting(JsonNode::asText)
                    .containsExactly(ids.get(3));
        }
    }

    /** Ids that are not held back. */
    private static List<String> learnable(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; ids.size() < count; i++) {
            if (!isHeldBack("q" + i)) {
                ids.add("q" + i);
            }
        }
        return ids;
    }

    private static boolean isHeldBack(String id) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % SETTINGS.heldBackEvery() == 0;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Remembers its rounds. */
    private static final class FakeTuner implements Tuner {
        final List<Round> rounds = new ArrayList<>();
        final CountDownLatch begun = new CountDownLatch(1);
        volatile CountDownLatch stalls = new CountDownLatch(0);
        volatile boolean isBetter = true;
        volatile boolean fails;

        @Override
        public Result tune(Round round, BooleanSupplier stopped) {
            synchronized (rounds) {
                rounds.add(round);
            }
            begun.countDown();
            try {
                while (!stalls.await(10, TimeUnit.MILLISECONDS)) {
                    if (stopped.getAsBoolean()) {
                        throw new StoppedException();
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (fails) {
                throw new IllegalStateException("no luck");
            }
            AdapterEvent adapter = AdapterEvent.at("file:/a", "%064d".formatted(round.number()), null);
            return new Result(2, isBetter ? 1 : 2, isBetter ? adapter : null, null);
        }
    }

    private final class Loop implements AutoCloseable {
        final TopologyTestDriver driver;
        final TestOutputTopic<String, byte[]> published;
        final TestOutputTopic<String, String> reports;
        final TestInputTopic<String, byte[]> served;
        private final String frame;
        private final TestInputTopic<String, String> prompts;
        private final TestInputTopic<String, String> completions;
        private final TestInputTopic<String, String> corrections;

        Loop(Tuner tuner) {
            this(tuner, SETTINGS, "");
        }

        /** @param frame before the JSON of prompts and completions */
        Loop(Tuner tuner, LearningSettings settings, String frame) {
            this.frame = frame;
            Properties properties = new Properties();
            properties.put("application.id", "learning");
            properties.put("bootstrap.servers", "none:1");
            properties.put("state.dir", directory.toString());
            driver = new TopologyTestDriver(
                    LearningTopology.of(settings, tuner), properties, Instant.parse("2026-01-02T03:04:05Z"));
            published = driver.createOutputTopic("adapters", new StringDeserializer(), new ByteArrayDeserializer());
            reports = driver.createOutputTopic("learning", new StringDeserializer(), new StringDeserializer());
            served = driver.createInputTopic("adapters", new StringSerializer(), new ByteArraySerializer());
            prompts = driver.createInputTopic("prompts", new StringSerializer(), new StringSerializer());
            completions = driver.createInputTopic("completions", new StringSerializer(), new StringSerializer());
            corrections = driver.createInputTopic("corrections", new StringSerializer(), new StringSerializer());
        }

        void prompt(String id, String adapter) {
            prompts.pipeInput(
                    "k", frame + "{\"id\":\"%s\",\"adapter\":\"%s\",\"prompt\":\"ask %s\"}".formatted(id, adapter, id));
        }

        void complete(String id, String text) {
            completions.pipeInput("k", frame + """
                    {"id":"%s","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"%s","finish_reason":"stop"}],
                    "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":"f"}
                    """.formatted(id, text));
        }

        void correct(String id, String correction) {
            corrections.pipeInput("k", "{\"id\":\"%s\",%s}".formatted(id, correction));
        }

        void all(String id, String correction) {
            prompt(id, "support");
            complete(id, "answer");
            correct(id, correction);
        }

        void holdBackOne() {
            int i = 0;
            while (!isHeldBack("h" + i)) {
                i++;
            }
            all("h" + i, "\"accepted\": true");
        }

        void turn() {
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }

        /** Until a report comes. */
        void runRound() {
            long before = reports.getQueueSize();
            for (int i = 0; i < 500 && reports.getQueueSize() == before; i++) {
                turn();
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            assertThat(reports.getQueueSize()).isGreaterThan(before);
        }

        List<KeyValue<String, String>> records() {
            List<KeyValue<String, String>> all = new ArrayList<>();
            KeyValueStore<String, String> store = driver.getKeyValueStore("learning-records");
            try (KeyValueIterator<String, String> each = store.all()) {
                each.forEachRemaining(all::add);
            }
            return all;
        }

        void restore(List<KeyValue<String, String>> kept) {
            KeyValueStore<String, String> store = driver.getKeyValueStore("learning-records");
            kept.forEach(each -> store.put(each.key, each.value));
        }

        @Override
        public void close() {
            driver.close();
        }
    }
}
