package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.input.InputGate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AskedTest {

    private static final Map<String, Object> SETTINGS = Map.of(
            "application.id", "app",
            "bootstrap.servers", "none:1",
            "processing.guarantee", "at_least_once",
            "default.key.serde", Serdes.StringSerde.class,
            "default.value.serde", Serdes.StringSerde.class);

    private final StreamsBuilder builder = new StreamsBuilder();
    private final KStream<String, String> articles = builder.stream("articles");
    private final List<TopologyTestDriver> open = new ArrayList<>();

    @Test
    void shouldKeepTheRecordAndJoinTheAnswerToIt() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("Rain in Oslo.");
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat("Summarise: " + article, 20))
                .join((article, answer) -> article + " => " + answer.content())
                .to("summaries");
        Fixture test = start();
        // When
        test.input.pipeInput(new TestRecord<>("k", "long text", new RecordHeaders().add("h", new byte[] {1}), 77L));
        engine.runAll();
        test.punctuate();
        // Then
        TestRecord<String, String> summary = test.output("summaries").readRecord();
        assertThat(summary.key()).isEqualTo("k");
        assertThat(summary.value()).isEqualTo("long text => Rain in Oslo.");
        assertThat(summary.timestamp()).isEqualTo(77);
        assertThat(summary.headers().lastHeader("h")).isNotNull();
        assertThat(engine.submitted().get(0).id()).isEqualTo("causal-streams-enrich-articles-0-0");
    }

    @Test
    void shouldJoinFailuresToo() {
        ScriptedEngine engine = ScriptedEngine.saying("x").withValidation(request -> {
            throw new GenerationException.Invalid("messages", "too long");
        });
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat(article, 20))
                .join((article, answer) ->
                        article + " " + Objects.requireNonNull(answer.error()).code())
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "v");
        test.input.pipeInput(new TestRecord<>("k", (String) null));
        assertThat(test.output("out").readValuesToList()).containsExactly("v INVALID_REQUEST", null);
    }

    @Test
    void shouldEndARequestThatCannotBeMadeAgain() {
        // Given: one runs, one is kept as it was read, and a third waits in the journal only
        ScriptedEngine engine = ScriptedEngine.saying("x");
        Set<String> seen = new HashSet<>();
        causal(engine)
                .ask(articles, article -> {
                    if (!seen.add(article)) {
                        throw new IllegalStateException("not pure");
                    }
                    return GenerationRequest.chat(article, 5);
                })
                .withSettings(Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))
                .join((article, answer) -> article + " " + answer.error())
                .to("out");
        Fixture test = start();
        List.of("a", "b", "c").forEach(article -> test.input.pipeInput("k", article));

        // When
        for (int turn = 0; turn < 3; turn++) {
            engine.runAll();
            test.punctuate();
        }

        // Then
        assertThat(test.output("out").readValuesToList())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("a null"),
                        second -> assertThat(second).isEqualTo("b null"),
                        third -> assertThat(third).contains("c ", "INFERENCE_ERROR", "not pure"));
        assertThat(engine.submitted()).hasSize(2);
    }

    @Test
    void shouldExtractFactsIntoARecord() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("{\"city\":\"Oslo\",\"degrees\":-3,\"tags\":[\"SNOW\"]}")
                .runAutomatically();
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat(article, 50))
                .extract(Weather.class)
                .mapValues(it -> it.value() + " => " + it.found())
                .to("out");
        Fixture test = start();
        // When
        test.input.pipeInput("k", "It snowed in Oslo.");
        test.punctuate();
        // Then
        assertThat(test.output("out").readValue())
                .isEqualTo("It snowed in Oslo. => Weather[city=Oslo, degrees=-3, tags=[SNOW]]");
        assertThat(engine.submitted().get(0).sampling().constraint())
                .isEqualTo(new OutputConstraint.JsonSchema(
                        "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"degrees\":{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647},"
                                + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"SNOW\",\"SUN\"]}}},"
                                + "\"required\":[\"city\",\"degrees\",\"tags\"],\"additionalProperties\":false}"));
    }

    @Test
    void shouldCopyFromTheTextOfTheRecord() {
        // Given
        record Place(@Verbatim String name) {}
        ScriptedEngine engine =
                ScriptedEngine.saying("{\"name\":\"blues kitchen\"}").runAutomatically();
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat("Which place? " + article, 50))
                .verbatimFrom(article -> article)
                .extract(Place.class)
                .mapValues(it -> String.valueOf(it.found()))
                .to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("k", "the blues kitchen shor");
        test.punctuate();

        // Then
        OutputConstraint form = new OutputConstraint.JsonSchema(RecordSchema.of(Place.class));
        assertThat(engine.submitted().get(0).sampling().constraint())
                .isEqualTo(new OutputConstraint.Verbatim(form, List.of("the blues kitchen shor")));
        assertThat(test.output("out").readValue()).isEqualTo("Place[name=blues kitchen]");
    }

    @Test
    void shouldNotCopyFromTheObjectionToAnAnswer() {
        // Given
        record Place(@Verbatim String name) {}
        ScriptedEngine engine = ScriptedEngine.saying("{\"name\":\"the\"}").runAutomatically();
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat(article, 50))
                .validated((article, answer) -> answer.content().contains("the") ? "That is no place." : null)
                .extract(Place.class)
                .mapValues(it -> it.problem().orElse(""))
                .to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("k", "the blues kitchen");
        test.punctuate();
        test.punctuate();

        // Then
        assertThat(engine.submitted().get(1).prompt().toString()).contains("That is no place.");
        assertThat(engine.submitted().get(1).sampling().constraint())
                .isInstanceOfSatisfying(
                        OutputConstraint.Verbatim.class,
                        form -> assertThat(form.texts()).containsExactly("the blues kitchen"));
    }

    @Test
    void shouldTellThatAnAnswerIsNotWhole() {
        ScriptedEngine engine = ScriptedEngine.saying("{\"city\":").runAutomatically();
        causal(engine)
                .ask(articles, article -> GenerationRequest.chat(article, 50))
                .extract(Weather.class)
                .mapValues(it -> it.found() + ", " + it.problem().orElseThrow())
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "v");
        test.punctuate();
        assertThat(test.output("out").readValue()).startsWith("null, the text is no JSON");
    }

    @Test
    void shouldRefuseFactsThatHaveNoJsonForm() {
        record Odd(Thread thread) {}
        assertThatThrownBy(() -> RecordSchema.of(Odd.class)).hasMessageContaining("Odd.thread");
        assertThatThrownBy(() -> RecordSchema.of(String.class)).hasMessageContaining("record");
    }

    @Test
    void shouldBranchByLabelWithSeveralOperatorsOnOneEngine() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying(
                        request -> request.prompt().toString().contains("fire") ? "urgent" : "later")
                .runAutomatically();
        CausalStreams causal = causal(engine);
        KStream<String, String> triaged = causal.ask(articles, article -> GenerationRequest.chat(article, 1))
                .named("triage")
                .classify("urgent", "later")
                .split()
                .branch(
                        (key, ticket) -> ticket.is("urgent"),
                        Branched.withConsumer(urgent ->
                                urgent.mapValues(ticket -> ticket.value()).to("urgent")))
                .defaultBranch(Branched.as("rest"))
                .values()
                .iterator()
                .next()
                .mapValues(ticket -> ticket.value());
        causal.ask(triaged, article -> GenerationRequest.chat(article, 5))
                .named("answer")
                .join((article, answer) -> answer.content())
                .to("answers");
        Fixture test = start();
        // When
        test.input.pipeInput("a", "the house is on fire");
        test.input.pipeInput("b", "a question");
        for (int i = 0; i < 3; i++) {
            test.punctuate();
        }
        // Then
        assertThat(test.output("urgent").readValuesToList()).containsExactly("the house is on fire");
        assertThat(test.output("answers").readValuesToList()).containsExactly("later");
    }

    @Test
    void shouldAnswerEveryRecordMadeOfOneInputRecord() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        KStream<String, String> parts = articles.flatMapValues(article -> List.of(article.split("\\|")));
        summarise(engine, parts).to("out");
        Fixture test = start();
        // When
        test.input.pipeInput("k", "one|two|two");
        test.punctuate();
        // Then
        assertThat(test.output("out").readValuesToList()).containsExactly("one: ok", "two: ok", "two: ok");
        assertThat(engine.submitted())
                .extracting(GenerationRequest::id)
                .containsExactly(
                        "causal-streams-enrich-articles-0-0",
                        "causal-streams-enrich-articles-0-0-1",
                        "causal-streams-enrich-articles-0-0-2");
    }

    @Test
    void shouldAnswerTheRecordsOfAKeyInOrderWhenToldTo() {
        // Given: the first answer of a key takes longest
        ScriptedEngine engine = ScriptedEngine.saying(
                request -> request.prompt().toString().contains("long") ? "one two three" : "one");
        engine.withValidation(request -> {
            if (request.prompt().toString().contains("bad")) {
                throw new GenerationException.Invalid("messages", "bad");
            }
        });
        question(engine, articles).inKeyOrder().join(AskedTest::joined).to("out");
        Fixture test = start();
        // When
        test.input.pipeInput("k", "long");
        test.input.pipeInput("k", "short");
        test.input.pipeInput("k", "bad");
        test.input.pipeInput(new TestRecord<>("k", (String) null));
        test.input.pipeInput("other", "short");
        test.input.pipeInput(new TestRecord<>("third", (String) null));
        for (int i = 0; i < 10; i++) {
            engine.step();
            test.punctuate();
        }
        test.input.pipeInput(new TestRecord<>("k", (String) null));
        // Then
        assertThat(test.output("out").readKeyValuesToList())
                .containsExactly(
                        KeyValue.pair("third", null),
                        KeyValue.pair("other", "short: one"),
                        KeyValue.pair("k", "long: one two three"),
                        KeyValue.pair("k", "short: one"),
                        KeyValue.pair("k", "bad: "),
                        KeyValue.pair("k", null),
                        KeyValue.pair("k", null));
        assertThat(test.driver.getKeyValueStore("causal-streams-enrich-journal").approximateNumEntries())
                .isZero();
    }

    @Test
    void shouldAskATurnBehindThoseOfItsKey() {
        // Given: the turn of another key, and of none, stand alone
        ScriptedEngine parrot = ScriptedEngine.saying(
                request -> "turn " + ((Prompt.Chat) request.prompt()).messages().size());
        question(parrot, articles).inConversation().join(AskedTest::joined).to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("ada", "one");
        test.input.pipeInput("ada", "two");
        test.input.pipeInput("bob", "three");
        test.input.pipeInput(new TestRecord<>(null, "four"));
        for (int i = 0; i < 3; i++) {
            parrot.runAll();
            test.punctuate();
        }
        test.input.pipeInput("ada", "five");
        parrot.runAll();
        test.punctuate();

        // Then
        assertThat(test.output("out").readValuesToList())
                .containsExactly("one: turn 1", "three: turn 1", "four: turn 1", "two: turn 3", "five: turn 5");
        assertThat(((Prompt.Chat) parrot.submitted().get(4).prompt()).messages())
                .extracting(Prompt.Message::text)
                .containsExactly("one", "turn 1", "two", "turn 3", "five");
    }

    @Test
    void shouldRefuseWhatIsNoTurnOfAConversation() {
        ScriptedEngine engine = ScriptedEngine.saying("x");
        assertThatThrownBy(() -> question(engine, articles).inConversation().classify("a", "b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("conversation");
        causal(engine)
                .ask(articles, article -> GenerationRequest.text(article, 5))
                .inConversation()
                .join((article, answer) -> String.valueOf(answer.error()))
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "a");
        test.punctuate();
        assertThat(test.output("out").readValue()).contains("INVALID_REQUEST", "is a chat");
    }

    @Test
    void shouldCountTheRequestsOfEachOperatorInOneRegistry() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        CausalStreams causal = new CausalStreams(engine, SETTINGS, meters);
        KStream<String, String> first = causal.ask(articles, article -> GenerationRequest.chat(article, 5))
                .named("first")
                .join((article, answer) -> article);
        causal.ask(first.filter((key, article) -> article.equals("a")), article -> GenerationRequest.chat(article, 5))
                .named("second")
                .join((article, answer) -> article)
                .to("out");
        Fixture test = start();

        // When
        List.of("a", "b").forEach(article -> test.input.pipeInput("k", article));
        test.punctuate();
        test.punctuate();

        // Then
        assertThat(completed(meters, "first")).isEqualTo(2);
        assertThat(completed(meters, "second")).isEqualTo(1);
        assertThat(meters.get("causal.streams.engine.slots").gauges()).hasSize(1);
    }

    private static double completed(SimpleMeterRegistry meters, String operator) {
        return meters.get("causal.streams.requests")
                .tags("operator", operator, "outcome", "completed")
                .counter()
                .count();
    }

    @Test
    void shouldNotRepartitionBehindTheAnswers() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok");
        summarise(engine, articles)
                .groupByKey()
                .reduce((first, second) -> first + ", " + second)
                .toStream()
                .to("out");
        Fixture test = start();
        // When: an answer is forwarded long after its record was processed
        test.input.pipeInput(new TestRecord<>("k", "a", new RecordHeaders().add("h", new byte[] {1}), 77L));
        test.input.pipeInput(new TestRecord<>("k", (String) null));
        engine.runAll();
        test.punctuate();
        // Then
        assertThat(builder.build().describe().toString()).doesNotContain("repartition");
        TestRecord<String, String> answer = test.output("out").readRecord();
        assertThat(answer.key()).isEqualTo("k");
        assertThat(answer.value()).isEqualTo("a: ok");
        assertThat(answer.timestamp()).isEqualTo(77);
        assertThat(answer.headers().lastHeader("h")).isNotNull();
    }

    @Test
    void shouldEndARecordThatTheJournalCannotHold() {
        ScriptedEngine engine = ScriptedEngine.saying("ok").runAutomatically();
        question(engine, articles)
                .withSettings(Map.of(CausalStreamsConfig.PROMPT_MAX_BYTES_CONFIG, 100))
                .join((article, answer) -> String.valueOf(answer.error()))
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "x".repeat(200));
        assertThat(test.output("out").readValue()).contains("INVALID_REQUEST", "causal.streams.prompt.max.bytes");
    }

    @Test
    void shouldSayWhichSerdesDoNotFit() {
        KStream<String, Integer> lengths = articles.mapValues(String::length);
        causal(ScriptedEngine.saying("x"))
                .ask(lengths, length -> GenerationRequest.chat("" + length, 5))
                .join((length, answer) -> length)
                .foreach((key, value) -> {});
        Fixture test = start();
        assertThatThrownBy(() -> test.input.pipeInput("k", "v"))
                .hasStackTraceContaining("withSerdes")
                .hasStackTraceContaining("java.lang.Integer");
    }

    @Test
    void shouldGiveEachRecordTheVectorOfItsText() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("");
        causal(engine)
                .ask(articles, GenerationRequest::embed)
                .embed()
                .mapValues(it -> it.value() + " "
                        + Objects.requireNonNull(it.embedding()).dimensions())
                .to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("k", "rain in Oslo");
        engine.runAll();
        test.punctuate();

        // Then
        assertThat(test.output("out").readKeyValue()).isEqualTo(KeyValue.pair("k", "rain in Oslo 32"));
        assertThat(engine.submitted().get(0).id()).isEqualTo("causal-streams-embed-articles-0-0");
    }

    @Test
    void shouldPutTheDocumentThatAnswersARecordFirst() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("");
        causal(engine)
                .ask(articles, article -> GenerationRequest.text(article, 0))
                .rerank(article -> List.of("sun in Rome", "rain in Oslo today"))
                .mapValues(it -> it.ranking().get(0).text() + " before "
                        + it.ranking().get(1).index())
                .to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("k", "rain in Oslo");
        engine.runAll();
        test.punctuate();

        // Then
        assertThat(test.output("out").readValue()).isEqualTo("rain in Oslo today before 0");
    }

    @Test
    void shouldHaveNoVectorAndNoRankingOfARequestThatFailed() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("").withValidation(request -> {
            throw new GenerationException.Invalid("task", "the model generates text");
        });
        causal(engine)
                .ask(articles, GenerationRequest::embed)
                .embed()
                .mapValues(it -> it.embedding() + " "
                        + Objects.requireNonNull(it.completion().error()).param())
                .to("out");
        causal(engine)
                .ask(articles, GenerationRequest::embed)
                .rerank(article -> List.of("a"))
                .mapValues(it -> it.ranking() + " "
                        + Objects.requireNonNull(it.completion().error()).param())
                .to("out");
        Fixture test = start();

        // When
        test.input.pipeInput("k", "v");

        // Then
        assertThat(test.output("out").readValuesToList()).containsExactlyInAnyOrder("null task", "[] task");
    }

    @Test
    void shouldRefuseAVectorAsATurnOfAConversation() {
        ScriptedEngine engine = ScriptedEngine.saying("x");
        assertThatThrownBy(() -> question(engine, articles).inConversation().embed())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a vector is no turn of a conversation");
    }

    @Test
    void shouldRefuseLabelsThatCannotBeToldApart() {
        ScriptedEngine engine = ScriptedEngine.saying("x");
        for (List<String> labels : List.of(List.<String>of(), List.of("a", "a"), List.of(""))) {
            assertThatThrownBy(() -> question(engine, articles).classify(labels))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldCloseTheInputOfTheTaskWhenAnOperatorFurtherDownIsFull() {
        // Given: the second operator gets its records from the first one's punctuation
        ScriptedEngine quick = ScriptedEngine.saying("ok").runAutomatically();
        ScriptedEngine slow = ScriptedEngine.saying("ok");
        KStream<String, String> first = question(quick, articles).named("first").join(AskedTest::joined);
        question(slow, first)
                .named("second")
                .withSettings(Map.of(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, 2))
                .join(AskedTest::joined)
                .to("out");
        Fixture test = start();
        TopicPartition partition = new TopicPartition("articles", 0);
        // When / Then
        test.input.pipeInput("k", "a");
        test.punctuate();
        assertThat(test.gate.isClosed(partition)).isFalse();
        test.input.pipeInput("k", "b");
        test.punctuate();
        assertThat(test.gate.isClosed(partition)).isTrue();
        slow.runAll();
        test.punctuate();
        assertThat(test.gate.isClosed(partition)).isFalse();
        assertThat(test.output("out").readValuesToList()).containsExactly("a: ok: ok", "b: ok: ok");
    }

    @Test
    void shouldSlowDownWhenNothingCanPauseTheInput() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok");
        question(engine, articles)
                .withSettings(Map.of(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, 1))
                .join(AskedTest::joined)
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "a");
        // When
        long start = System.nanoTime();
        test.input.pipeInput("k", "b");
        test.punctuate();
        test.input.pipeInput("k", "c");
        long waitedMs = (System.nanoTime() - start) / 1_000_000;
        engine.runAll();
        test.punctuate();
        // Then: slower, and nothing is lost
        assertThat(waitedMs).isGreaterThanOrEqualTo(390);
        assertThat(test.output("out").readValuesToList()).containsExactly("a: ok", "b: ok", "c: ok");
    }

    @Test
    void shouldStopAndKeepTheRecordWhenTheEngineDies() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("ok");
        summarise(engine, articles).to("out");
        Fixture test = start();
        test.input.pipeInput("k", "a");
        // When
        engine.die("out of memory");
        // Then
        ReplaceThreadHandler handler = new ReplaceThreadHandler();
        assertThatThrownBy(test::punctuate)
                .satisfies(thrown ->
                        assertThat(handler.handle(thrown)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT));
        assertThat(handler.fatal().orElseThrow())
                .isInstanceOf(EngineDiedException.class)
                .hasMessageContaining("out of memory")
                .hasMessageContaining("journal");
        assertThat(test.output("out").isEmpty()).isTrue();
        assertThat(test.driver.getKeyValueStore("causal-streams-enrich-journal").approximateNumEntries())
                .isEqualTo(1);
    }

    private static KStream<String, String> summarise(ScriptedEngine engine, KStream<String, String> articles) {
        return question(engine, articles).join(AskedTest::joined);
    }

    private static Asked<String, String> question(ScriptedEngine engine, KStream<String, String> articles) {
        return causal(engine).ask(articles, article -> GenerationRequest.chat(article, 5));
    }

    private static String joined(String article, CompletionEvent answer) {
        return article + ": " + answer.content();
    }

    private static CausalStreams causal(ScriptedEngine engine) {
        return new CausalStreams(engine, SETTINGS);
    }

    private Fixture start() {
        Properties properties = causal(ScriptedEngine.saying("")).configure(SETTINGS);
        TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties);
        open.add(driver);
        return new Fixture(
                driver, driver.createInputTopic("articles", new StringSerializer(), new StringSerializer()), (InputGate)
                        Objects.requireNonNull(properties.get(InputGate.PROPERTY)));
    }

    @AfterEach
    void close() {
        open.forEach(TopologyTestDriver::close);
    }

    private record Fixture(TopologyTestDriver driver, TestInputTopic<String, String> input, InputGate gate) {

        void punctuate() {
            driver.advanceWallClockTime(Duration.ofMillis(10));
        }

        TestOutputTopic<String, String> output(String topic) {
            return driver.createOutputTopic(topic, new StringDeserializer(), new StringDeserializer());
        }
    }

    record Weather(String city, int degrees, List<Sky> tags) {}

    enum Sky {
        SNOW,
        SUN
    }
}
