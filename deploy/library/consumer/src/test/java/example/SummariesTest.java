package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.KStream;
import org.junit.jupiter.api.Test;

class SummariesTest {

    @Test
    void shouldAnswerInATopologyOfItsOwn() {
        ScriptedEngine engine = ScriptedEngine.saying("Short.");
        Map<String, Object> settings = new HashMap<>(Map.of(
                "application.id", "consumer",
                "bootstrap.servers", "none:1",
                "default.key.serde", Serdes.StringSerde.class,
                "default.value.serde", Serdes.StringSerde.class));
        CausalStreams causal = new CausalStreams(engine, settings);
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> articles = builder.stream("articles");
        causal.ask(articles, article -> GenerationRequest.chat("Summarise: " + article, 50))
                .join((article, answer) -> article + " => " + answer.content())
                .to("summaries");

        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), causal.configure(settings))) {
            driver.createInputTopic("articles", new StringSerializer(), new StringSerializer())
                    .pipeInput("k", "long");
            engine.runAll();
            driver.advanceWallClockTime(Duration.ofMillis(10));

            assertEquals(
                    "long => Short.",
                    driver.createOutputTopic("summaries", new StringDeserializer(), new StringDeserializer())
                            .readValue());
        }
    }

    @Test
    void shouldBringNoLoggingBackend() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("ch.qos.logback.classic.Logger"));
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.apache.logging.log4j.core.Logger"));
    }
}
