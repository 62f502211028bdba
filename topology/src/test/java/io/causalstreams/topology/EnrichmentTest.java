package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.topology.testkit.ScriptedEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnrichmentTest {

    private final StreamsBuilder builder = new StreamsBuilder();
    private final KStream<String, String> articles = builder.stream("articles");
    private final List<TopologyTestDriver> open = new ArrayList<>();

    @Test
    void shouldKeepTheRecordAndJoinTheAnswerToIt() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("Rain in Oslo.");
        articles.process(CausalStreams.enrich(
                        engine,
                        article -> CausalStreams.chat("Summarise: " + article, 20),
                        (article, completion) -> article + " => " + completion.content()))
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
        articles.process(CausalStreams.enrich(
                        engine,
                        article -> CausalStreams.chat(article, 20),
                        (article, completion) -> article + " "
                                + Objects.requireNonNull(completion.error()).code()))
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "v");
        test.input.pipeInput(new TestRecord<>("k", (String) null));
        assertThat(test.output("out").readValuesToList()).containsExactly("v INVALID_REQUEST", null);
    }

    @Test
    void shouldEndARequestThatCannotBeMadeAgain() {
        ScriptedEngine engine = ScriptedEngine.saying("x");
        AtomicInteger calls = new AtomicInteger();
        articles.process(CausalStreams.enrich(
                        engine,
                        (String article) -> {
                            if (calls.incrementAndGet() > 1) {
                                throw new IllegalStateException("not pure");
                            }
                            return CausalStreams.chat(article, 5);
                        },
                        (article, completion) -> String.valueOf(completion.error())))
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "v");
        test.punctuate();
        assertThat(test.output("out").readValue()).contains("INFERENCE_ERROR", "not pure");
        assertThat(engine.submitted()).isEmpty();
    }

    @Test
    void shouldExtractFactsIntoARecord() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("{\"city\":\"Oslo\",\"degrees\":-3,\"tags\":[\"SNOW\"]}")
                .runAutomatically();
        articles.process(CausalStreams.extract(
                        engine,
                        Weather.class,
                        article -> CausalStreams.chat(article, 50),
                        (article, found) ->
                                Objects.requireNonNull(found.value()).toString()))
                .to("out");
        Fixture test = start();
        // When
        test.input.pipeInput("k", "It snowed in Oslo.");
        test.punctuate();
        // Then
        assertThat(test.output("out").readValue()).isEqualTo("Weather[city=Oslo, degrees=-3, tags=[SNOW]]");
        assertThat(engine.submitted().get(0).sampling().constraint())
                .isEqualTo(new OutputConstraint.JsonSchema(
                        "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"degrees\":{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647},"
                                + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"SNOW\",\"SUN\"]}}},"
                                + "\"required\":[\"city\",\"degrees\",\"tags\"],\"additionalProperties\":false}"));
    }

    @Test
    void shouldTellThatAnAnswerIsNotWhole() {
        ScriptedEngine engine = ScriptedEngine.saying("{\"city\":").runAutomatically();
        articles.process(CausalStreams.extract(
                        engine,
                        Weather.class,
                        article -> CausalStreams.chat(article, 50),
                        (article, found) -> String.valueOf(found.value())))
                .to("out");
        Fixture test = start();
        test.input.pipeInput("k", "v");
        test.punctuate();
        assertThat(test.output("out").readValue()).isEqualTo("null");
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
        KStream<String, String> triaged = articles.process(CausalStreams.<String, String>classify(
                                engine, List.of("urgent", "later"), article -> CausalStreams.chat(article, 1))
                        .named("triage"))
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
        triaged.process(CausalStreams.enrich(
                                engine, (String article) -> CausalStreams.chat(article, 5), (article, c) -> c.content())
                        .named("answer"))
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

    private Fixture start() {
        Properties properties = new Properties();
        properties.put("application.id", "app");
        properties.put("bootstrap.servers", "none:1");
        properties.put("default.key.serde", Serdes.StringSerde.class);
        properties.put("default.value.serde", Serdes.StringSerde.class);
        TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties);
        open.add(driver);
        return new Fixture(driver, driver.createInputTopic("articles", new StringSerializer(), new StringSerializer()));
    }

    @AfterEach
    void close() {
        open.forEach(TopologyTestDriver::close);
    }

    private record Fixture(TopologyTestDriver driver, TestInputTopic<String, String> input) {

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
