package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands around a question: timeouts, attempts, samples, budgets, the cache, checks, limits, and what is unsure. */
class EnrichmentPoliciesTest {

    private static final Map<String, Object> SETTINGS = Map.of(
            "application.id", "app",
            "bootstrap.servers", "none:1",
            "processing.guarantee", "at_least_once",
            "default.key.serde", Serdes.StringSerde.class,
            "default.value.serde", Serdes.StringSerde.class);
    private static final String FIRST_ID = "causal-streams-enrich-articles-0-0";

    private final StreamsBuilder builder = new StreamsBuilder();
    private final KStream<String, String> articles = builder.stream("articles");
    private @Nullable TopologyTestDriver driver;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void shouldEndWhatTakesTooLongWithADefault() {
        // Given: one runs and one waits
        ScriptedEngine engine = ScriptedEngine.saying("ok");
        ask(engine)
                .withTimeout(Duration.ofSeconds(5))
                .withSettings(Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))
                .classify("a", "b")
                .mapValues(each -> each.value() + " " + each.labelOr("unknown"))
                .to("out");
        TestInputTopic<String, String> input = start();
        input.pipeInput("k", "first");
        input.pipeInput("k", "second");
        // When
        advance(Duration.ofSeconds(6));
        // Then: the engine ends what runs
        assertThat(output().readValuesToList()).containsExactly("second unknown");
        assertThat(Objects.requireNonNull(engine.submitted().get(0).deadline()).toEpochMilli())
                .isLessThanOrEqualTo(System.currentTimeMillis() + 5_000);
    }

    @Test
    void shouldTryAFailedRequestAgainAfterAWhileBehindItsTokens() {
        // Given
        GenerationException failure = new GenerationException.Failed("a bad pass", null);
        ScriptedEngine engine = ScriptedEngine.saying("one two three").failing(FIRST_ID, 2, failure);
        join(ask(engine).retrying(3, Duration.ofSeconds(1)));
        TestInputTopic<String, String> input = start();
        input.pipeInput("k", "v");
        // When: it fails twice
        engine.runAll();
        advance(Duration.ofMillis(10));
        advance(Duration.ofMillis(900));
        assertThat(engine.submitted()).hasSize(1);
        advance(Duration.ofMillis(200));
        assertThat(engine.submitted()).hasSize(2);
        engine.runAll();
        advance(Duration.ofMillis(10));
        advance(Duration.ofMillis(1_900));
        assertThat(engine.submitted()).hasSize(2);
        engine.failing(FIRST_ID, 100, failure);
        advance(Duration.ofMillis(200));
        engine.runAll();
        advance(Duration.ofMillis(10));
        // Then
        assertThat(engine.submitted()).hasSize(3);
        assertThat(output().readValuesToList()).containsExactly("v: one two three null");
    }

    @Test
    void shouldGiveUpAfterTheLastAttempt() {
        GenerationException failure = new GenerationException.Failed("a bad pass", null);
        ScriptedEngine engine = ScriptedEngine.saying("x").failing(FIRST_ID, 0, failure);
        join(ask(engine).retrying(2, Duration.ZERO));
        start().pipeInput("k", "v");
        for (int turn = 0; turn < 4; turn++) {
            engine.runAll();
            advance(Duration.ofMillis(10));
        }
        assertThat(engine.submitted()).hasSize(2);
        assertThat(output().readValuesToList()).containsExactly("v:  INFERENCE_ERROR");
    }

    @Test
    void shouldAskAboutTheSameOneInSoManyKeys() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        join(ask(engine).sampled(4));
        TestInputTopic<String, String> input = start();
        // When
        for (int i = 0; i < 800; i++) {
            input.pipeInput("key-" + i % 400, "v");
            advance(Duration.ofMillis(10));
        }
        // Then
        List<TestRecord<String, String>> asked = output().readRecordsToList();
        Set<String> keys = new HashSet<>();
        asked.forEach(each -> keys.add(each.key()));
        assertThat(keys).hasSizeBetween(60, 140);
        assertThat(asked).hasSize(2 * keys.size());
    }

    @Test
    void shouldLetEachKeySpendItsBudgetInAnHour() {
        // Given: a question of one token and an answer of two
        ScriptedEngine engine = ScriptedEngine.saying("one two").runAutomatically();
        join(ask(engine).withBudget(10, 1, 4));
        TestInputTopic<String, String> input = start();
        // When
        for (String key : List.of("a", "a", "a", "b")) {
            input.pipeInput(key, "v");
            advance(Duration.ofMillis(10));
        }
        // Then: 9, then beyond, then none
        assertThat(output().readValuesToList())
                .containsExactly("v: one two null", "v: one two null", "v:  BUDGET_EXCEEDED", "v: one two null");
        // When
        advance(Duration.ofHours(1));
        input.pipeInput("a", "v");
        advance(Duration.ofMillis(10));
        // Then: the hours before are forgotten
        assertThat(output().readValuesToList()).containsExactly("v: one two null");
        assertThat(Objects.requireNonNull(driver)
                        .getKeyValueStore("causal-streams-enrich-journal")
                        .approximateNumEntries())
                .isEqualTo(1);
    }

    @Test
    void shouldAnswerTheSameContentWithTheSameAnswer() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying(request -> "answer to " + text(request));
        join(ask(engine).cached(Duration.ofMinutes(10), 100));
        TestInputTopic<String, String> input = start();
        // When: three at once, then one more, then one after its time
        input.pipeInput("a", "v");
        input.pipeInput("b", "v");
        input.pipeInput("c", "other");
        runAll(engine);
        input.pipeInput("d", "v");
        advance(Duration.ofMillis(10));
        // Then
        assertThat(engine.submitted()).hasSize(2);
        assertThat(output().readKeyValuesToMap())
                .isEqualTo(Map.of(
                        "a", "v: answer to v null",
                        "b", "v: answer to v null",
                        "c", "other: answer to other null",
                        "d", "v: answer to v null"));
        advance(Duration.ofMinutes(11));
        input.pipeInput("e", "v");
        runAll(engine);
        assertThat(engine.submitted()).hasSize(3);
    }

    @Test
    void shouldKeepOnlyWholeAnswersAndSoManyOfThem() {
        ScriptedEngine engine = ScriptedEngine.saying(request -> text(request).equals("long") ? "a b c d e f g" : "ok");
        join(new CausalStreams(engine, SETTINGS)
                .ask(articles, article -> GenerationRequest.chat(article, 5))
                .cached(Duration.ofMinutes(10), 2));
        TestInputTopic<String, String> input = start();
        for (String each : List.of("long", "long", "1", "2", "3", "3", "1")) {
            input.pipeInput("k", each);
            runAll(engine);
        }
        assertThat(engine.submitted())
                .extracting(EnrichmentPoliciesTest::text)
                .containsExactly("long", "long", "1", "2", "3", "1");
    }

    @Test
    void shouldAskAgainOnceWithTheReason() {
        // Given
        ScriptedEngine engine =
                ScriptedEngine.saying(request -> text(request).equals("in capitals, please") ? "OSLO" : "oslo");
        join(ask(engine).validated(EnrichmentPoliciesTest::objection));
        start().pipeInput("k", "the city");
        // When
        runAll(engine);
        // Then
        assertThat(output().readValuesToList()).containsExactly("the city: OSLO null");
        Prompt.Chat second = (Prompt.Chat) engine.submitted().get(1).prompt();
        assertThat(second.messages())
                .extracting(Message::role, Message::text)
                .containsExactly(
                        tuple("user", "the city"), tuple("assistant", "oslo"), tuple("user", "in capitals, please"));
        assertThat(Objects.requireNonNull(driver)
                        .getKeyValueStore("causal-streams-enrich-journal")
                        .approximateNumEntries())
                .isZero();
    }

    @Test
    void shouldEndWithAnErrorWhenTheSecondAnswerIsRefusedToo() {
        ScriptedEngine engine = ScriptedEngine.saying("oslo");
        join(ask(engine).validated(EnrichmentPoliciesTest::objection));
        start().pipeInput("k", "the city");
        runAll(engine);
        assertThat(engine.submitted()).hasSize(2);
        assertThat(output().readValuesToList()).containsExactly("the city: oslo ANSWER_REFUSED");
    }

    @Test
    void shouldStartSoManyRequestsASecond() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        join(ask(engine).limitedToRecords(2));
        TestInputTopic<String, String> input = start();
        // When
        for (int i = 0; i < 10; i++) {
            input.pipeInput("k", "v" + i);
        }
        // Then: what was saved before, and then two a second
        assertThat(engine.submitted()).hasSize(2);
        for (int second = 1; second <= 3; second++) {
            for (int part = 0; part < 10; part++) {
                advance(Duration.ofMillis(100));
            }
            assertThat(engine.submitted()).hasSizeBetween(1 + 2 * second, 2 + 2 * second);
        }
    }

    @Test
    void shouldSpendSoManyTokensASecond() {
        ScriptedEngine engine = ScriptedEngine.saying("one two three four").runAutomatically();
        join(ask(engine).limitedToTokens(5).withSettings(Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1)));
        TestInputTopic<String, String> input = start();
        for (int i = 0; i < 20; i++) {
            input.pipeInput("k", "v" + i);
        }
        for (int part = 0; part < 100; part++) {
            advance(Duration.ofMillis(100));
        }
        // five tokens each
        assertThat(engine.submitted()).hasSizeBetween(9, 13);
    }

    @Test
    void shouldWriteUnsureAnswersToATopicOfTheirOwn() {
        // Given: of three labels each has a third
        ScriptedEngine engine = ScriptedEngine.saying("b").runAutomatically();
        ask(engine)
                .unsureTo("unsure", 0.99)
                .classify("a", "b", "c")
                .mapValues(each -> each == null ? null : each.label())
                .to("out");
        TestInputTopic<String, String> input = start();
        // When
        input.pipeInput("k", "v");
        input.pipeInput(new TestRecord<>("k", (String) null));
        advance(Duration.ofMillis(10));
        // Then
        TestOutputTopic<String, String> unsure = Objects.requireNonNull(driver)
                .createOutputTopic("unsure", new StringDeserializer(), new StringDeserializer());
        TestRecord<String, String> record = unsure.readRecord();
        assertThat(record.value()).isEqualTo("v");
        assertThat(header(record, "causal-streams-answer")).isIn("a", "b", "c");
        assertThat(Double.parseDouble(header(record, "causal-streams-probability")))
                .isBetween(0.0, 0.99);
        assertThat(unsure.isEmpty()).isTrue();
        assertThat(output().readValuesToList()).containsOnlyNulls();
    }

    @Test
    void shouldTellHowProbableATextIs() {
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        ask(engine)
                .unsureTo("unsure", 0)
                .join((article, answer) -> article + " " + answer.probability())
                .to("out");
        start().pipeInput("k", "v");
        advance(Duration.ofMillis(10));
        assertThat(output().readValue()).startsWith("v OptionalDouble[0.");
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        Asked<String, String> asked = ask(ScriptedEngine.saying("x"));
        assertThatThrownBy(() -> asked.sampled(0)).hasMessageContaining("one in 0 keys");
        assertThatThrownBy(() -> asked.withTimeout(Duration.ZERO)).hasMessageContaining("timeout is PT0S");
        assertThatThrownBy(() -> asked.retrying(0, Duration.ZERO)).hasMessageContaining("0 attempts");
        assertThatThrownBy(() -> asked.retrying(2, Duration.ZERO, ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("INVALID_REQUEST is no failure of a run");
        assertThatThrownBy(() -> asked.withBudget(0)).hasMessageContaining("0 an hour");
        assertThatThrownBy(() -> asked.limitedToRecords(0)).hasMessageContaining("0.0 a second");
        assertThatThrownBy(() -> asked.cached(Duration.ZERO, 1)).hasMessageContaining("PT0S");
        assertThatThrownBy(() ->
                        asked.cached(Duration.ofHours(1), 1).inConversation().join((article, answer) -> article))
                .hasMessageContaining("the turns before it");
    }

    private Asked<String, String> ask(ScriptedEngine engine) {
        return new CausalStreams(engine, SETTINGS).ask(articles, article -> GenerationRequest.chat(article, 20));
    }

    private static void join(Asked<String, String> asked) {
        asked.join((article, answer) -> article + ": " + answer.content() + " "
                        + (answer.error() == null ? null : answer.error().code()))
                .to("out");
    }

    private static @Nullable String objection(String article, CompletionEvent answer) {
        return answer.content().equals("OSLO") ? null : "in capitals, please";
    }

    private static String text(GenerationRequest request) {
        List<Message> messages = ((Prompt.Chat) request.prompt()).messages();
        return messages.get(messages.size() - 1).text();
    }

    private static String header(TestRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private TestInputTopic<String, String> start() {
        driver = new TopologyTestDriver(
                builder.build(), new CausalStreams(ScriptedEngine.saying(""), SETTINGS).configure(SETTINGS));
        return driver.createInputTopic("articles", new StringSerializer(), new StringSerializer());
    }

    private TestOutputTopic<String, String> output() {
        return Objects.requireNonNull(driver)
                .createOutputTopic("out", new StringDeserializer(), new StringDeserializer());
    }

    private void advance(Duration time) {
        Objects.requireNonNull(driver).advanceWallClockTime(time);
    }

    private void runAll(ScriptedEngine engine) {
        for (int turn = 0; turn < 4; turn++) {
            engine.runAll();
            advance(Duration.ofMillis(10));
        }
    }
}
