package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.MultiModelEngine;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.TokenEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeveralModelsTest {
    private static final String PROMPT = "{\"prompt\":\"x\",\"model\":\"%s\",\"id\":\"%s\"}";

    private final ScriptedEngine small = ScriptedEngine.saying("Small talk.");
    private final ScriptedEngine large = ScriptedEngine.saying("Large as life.");
    private final MultiModelEngine engine = new MultiModelEngine("small", small);

    @BeforeEach
    void load() throws InterruptedException {
        engine.load("large", large);
        engine.alias("gpt-4o", "large");
    }

    @Test
    void shouldAnswerWithTheModelThatAnEventNamesAndReportIt() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            driver.send("k", PROMPT.formatted("gpt-4o", "r-1"));
            driver.send("k", "{\"prompt\":\"x\",\"id\":\"r-2\"}");
            runAll(driver);

            assertThat(driver.tokenEvents()).extracting(TokenEvent::model).contains("small", "large");
            List<TestRecord<byte[], byte[]>> records = driver.completions.readRecordsToList();
            assertThat(records)
                    .extracting(each -> OperatorDriver.header(each.headers(), "ce_source"))
                    .containsExactly("/app/large", "/app/small");
            assertThat(records)
                    .extracting(each -> EventJson.readCompletion(each.value()).content())
                    .containsExactly("Large as life.", "Small talk.");
        }
    }

    @Test
    void shouldRefuseAnUnknownModelWithTheListOfThoseThereAre() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            driver.send("k", PROMPT.formatted("huge", "r-1"));

            CompletionEvent completion = driver.completion();
            CompletionEvent.Failure error = Objects.requireNonNull(completion.error());
            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(error.param()).isEqualTo("model");
            assertThat(error.message()).contains("there is no model 'huge'; name one of small, large, gpt-4o");
            assertThat(driver.deadLetters.isEmpty()).isFalse();
        }
    }

    @Test
    void shouldEndWhatRunsOnAModelBeforeItIsUnloadedAndRefuseWhatComesAfter() throws InterruptedException {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // Given
            driver.send("k", PROMPT.formatted("large", "r-1"));
            runAll(driver);
            assertThat(driver.completion().content()).isEqualTo("Large as life.");

            // When
            engine.unload("large");
            driver.send("k", PROMPT.formatted("large", "r-2"));

            // Then
            assertThat(Objects.requireNonNull(driver.completion().error()).param())
                    .isEqualTo("model");
            assertThat(large.isAlive()).isFalse();
            driver.send("k", PROMPT.formatted("large", "r-1"));
            TestRecord<byte[], byte[]> remembered = driver.completions.readRecord();
            assertThat(OperatorDriver.header(remembered.headers(), "ce_source")).isEqualTo("/app/large");
        }
    }

    @Test
    void shouldHaveMetersForEachModelThatIsLoaded() throws InterruptedException {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            assertThat(models(driver)).containsExactlyInAnyOrder("small", "large");
            engine.unload("large");
            engine.load("third", ScriptedEngine.saying("x"));
            driver.advance(10);
            assertThat(models(driver)).containsExactlyInAnyOrder("small", "third");
        }
    }

    @Test
    void shouldAskTheModelThatAQuestionNames() {
        // Given
        StreamsBuilder builder = new StreamsBuilder();
        Map<String, Object> settings = Map.of("application.id", "app", "bootstrap.servers", "none:1");
        CausalStreams causal = new CausalStreams(engine, settings);
        causal.ask(
                        builder.stream("in", Consumed.with(Serdes.String(), Serdes.String())),
                        text -> GenerationRequest.text(text, 9).withModel("large"))
                .join((text, answer) -> answer.model() + ": " + answer.content())
                .to("out", Produced.with(Serdes.String(), Serdes.String()));
        large.runAutomatically();
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), causal.configure(settings))) {
            // When
            driver.createInputTopic("in", new StringSerializer(), new StringSerializer())
                    .pipeInput("k", "v");
            driver.advanceWallClockTime(Duration.ofMillis(100));
            // Then
            assertThat(driver.createOutputTopic("out", new StringDeserializer(), new StringDeserializer())
                            .readValue())
                    .isEqualTo("large: Large as life.");
        }
    }

    private List<String> models(OperatorDriver driver) {
        return driver.meters.find("causal.streams.engine.slots").gauges().stream()
                .map(each -> each.getId().getTag("model"))
                .toList();
    }

    private void runAll(OperatorDriver driver) {
        large.runAll();
        small.runAll();
        driver.advance(10);
    }
}
