package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.Extracted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A model that knows nothing writes, at a high temperature, what a record class allows: it can always be read back. */
class ExtractionIT {
    private static final int RECORDS = 20;
    private static final Map<String, Object> SETTINGS = Map.of(
            "application.id", "extraction",
            "bootstrap.servers", "none:1",
            "processing.guarantee", "at_least_once");

    @Test
    void shouldReadBackWhateverTheModelWrites() {
        List<Extracted<String, Report>> found = new ArrayList<>();
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> texts = builder.stream("texts", Consumed.with(Serdes.String(), Serdes.String()));
        try (GenerationEngine engine = GenerationEngine.open(
                TestModels.tinyChat(), EngineConfig.defaults().withSlots(8).withIntraOpThreads(1))) {
            CausalStreams causal = new CausalStreams(engine, SETTINGS);
            causal.ask(texts, ExtractionIT::question).extract(Report.class).foreach((key, each) -> found.add(each));
            try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), causal.configure(SETTINGS))) {
                // When
                TestInputTopic<String, String> input =
                        driver.createInputTopic("texts", new StringSerializer(), new StringSerializer());
                for (int i = 0; i < RECORDS; i++) {
                    input.pipeInput("k", "text " + i);
                }
                Await.await("answers").atMost(Duration.ofMinutes(2)).until(() -> {
                    driver.advanceWallClockTime(Duration.ofMillis(10));
                    return found.size() == RECORDS;
                });
            }
        }
        // Then: what was not cut has a value
        assertThat(found)
                .allSatisfy(each -> assertThat(each.completion().error()).isNull());
        List<Extracted<String, Report>> whole = found.stream()
                .filter(each ->
                        each.completion().choices().get(0).finishReason().equals("stop"))
                .toList();
        assertThat(whole).hasSizeGreaterThan(RECORDS / 2);
        assertThat(whole)
                .allSatisfy(each -> assertThat(each.problem())
                        .as(each.completion().content())
                        .isEmpty());
        assertThat(whole).extracting(each -> each.found()).doesNotContainNull();
    }

    private static GenerationRequest question(String text) {
        SamplingParams sampling =
                SamplingParams.builder().maxTokens(900).temperature(1).build();
        return GenerationRequest.of("", new Prompt.Text(text), sampling);
    }

    record Report(
            Level level,
            Place place,
            List<Count> counts,
            Optional<Place> next,
            @Nullable Integer year,
            char grade) {}

    record Place(double latitude, boolean known) {}

    record Count(int value, short change) {}

    enum Level {
        LOW,
        HIGH
    }
}
