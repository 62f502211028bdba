package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.registry.internal.FormVersion;
import io.causalstreams.registry.internal.RegistryForm;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.OutputForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A subject gets new versions while a topology writes it. */
class SchemaEvolutionTest {

    private static final String SUBJECT = "people-value";
    private static final String FIRST =
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"]}";
    private static final String SECOND = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
            + "\"age\":{\"type\":\"integer\"}},\"required\":[\"name\"]}";
    private static final String NOT_SERVED =
            "{\"type\":\"object\",\"properties\":{\"names\":{\"type\":\"array\",\"uniqueItems\":true}}}";
    private static final Map<String, Object> SETTINGS = Map.of(
            "application.id", "app",
            "bootstrap.servers", "none:1",
            "processing.guarantee", "at_least_once");

    private final FakeRegistry registry = new FakeRegistry();
    private final ScriptedEngine engine = ScriptedEngine.saying(SchemaEvolutionTest::answer)
            .withValidation(request -> {
                if (schemaOf(request).contains("uniqueItems")) {
                    throw new GenerationException.Invalid("response_format", "keyword 'uniqueItems' …");
                }
            });
    private final List<JsonNode> written = new ArrayList<>();
    private @Nullable TopologyTestDriver driver;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void shouldWriteTheVersionThatWasTheLatestWhenTheRecordArrived() {
        // Given: one runs, one is kept as it was read, and one waits in the journal only
        registry.register(SUBJECT, SchemaType.JSON, FIRST);
        RegistryForm<JsonNode> form = form();
        TestInputTopic<String, String> texts = start(form);
        List.of("a", "b", "c").forEach(text -> texts.pipeInput("k", text));

        // When
        registry.register(SUBJECT, SchemaType.JSON, SECOND);
        awaitVersion(form, 2);
        texts.pipeInput("k", "d");
        runAll(4);

        // Then
        assertThat(written).extracting(each -> each.has("age")).containsExactly(false, false, false, true);
    }

    @Test
    void shouldStayWithTheVersionBeforeWhileTheNewOneCannotBeServed() {
        // Given
        registry.register(SUBJECT, SchemaType.JSON, FIRST);
        RegistryForm<JsonNode> form = form();
        TestInputTopic<String, String> texts = start(form);
        texts.pipeInput("k", "a");

        // When: what the engine refuses
        registry.register(SUBJECT, SchemaType.JSON, NOT_SERVED);
        awaitVersion(form, 2);
        texts.pipeInput("k", "b");
        runAll(2);

        // Then
        assertThat(written)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.has("name")).isTrue());

        // When: what no form can be made of, and then one that can be served again
        registry.register(SUBJECT, SchemaType.AVRO, "\"string\"");
        registry.register(SUBJECT, SchemaType.JSON, SECOND);
        awaitVersion(form, 4);
        texts.pipeInput("k", "c");
        runAll(3);
        assertThat(written.get(2).has("age")).isTrue();
    }

    @Test
    void shouldStayWithTheVersionBeforeWhileTheRegistryDoesNotAnswer() {
        registry.register(SUBJECT, SchemaType.JSON, FIRST);
        RegistryForm<JsonNode> form = form();
        registry.outage("out of order");
        for (int i = 0; i < 10; i++) {
            assertThat(form.latest().id()).isEqualTo("people-value version 1");
        }
        registry.outage(null);
        registry.register(SUBJECT, SchemaType.JSON, SECOND);
        awaitVersion(form, 2);
    }

    @Test
    void shouldEndTheThreadRatherThanARecordWhoseVersionCannotBeHad() {
        registry.register(SUBJECT, SchemaType.JSON, FIRST);
        registry.register(SUBJECT, SchemaType.JSON, SECOND);
        RegistryForm<JsonNode> form = form();
        registry.outage("out of order");
        assertThatThrownBy(() -> form.version("people-value version 1"))
                .isInstanceOf(FormUnavailableException.class)
                .hasMessageContaining("people-value version 1, which cannot be had: out of order");
        registry.outage(null);
        assertThat(form.version("people-value version 1").jsonSchema()).isEqualTo(FIRST);
        assertThatThrownBy(() -> form.version("others-value version 1"))
                .isInstanceOf(FormUnavailableException.class)
                .hasMessageContaining("the subject is people-value");
    }

    @Test
    void shouldNotStartWithoutASchemaThatCanBeServed() {
        assertThatThrownBy(() -> JsonSchemaForm.ofTopic(registry, "people"))
                .isInstanceOf(SchemaRegistryException.class);
        registry.register(SUBJECT, SchemaType.AVRO, "\"string\"");
        assertThatThrownBy(() -> JsonSchemaForm.ofTopic(registry, "people"))
                .hasMessageContaining("people-value version 1 is of type AVRO, the operator writes JSON");
        assertThatThrownBy(() -> AvroForm.ofTopic(registry, "people")).hasMessageContaining("is a string");
    }

    private RegistryForm<JsonNode> form() {
        return new RegistryForm<>(
                registry,
                SUBJECT,
                SchemaType.JSON,
                Duration.ZERO,
                version -> new FormVersion<>(version.name(), version.text(), SchemaEvolutionTest::read));
    }

    private TestInputTopic<String, String> start(OutputForm<JsonNode> form) {
        StreamsBuilder builder = new StreamsBuilder();
        CausalStreams causal = new CausalStreams(engine, SETTINGS);
        causal.ask(
                        builder.stream("texts", Consumed.with(Serdes.String(), Serdes.String())),
                        text -> GenerationRequest.chat(text, 50))
                .withSettings(Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))
                .extract(form)
                .foreach((key, each) -> written.add(each.found() == null ? NullNode.getInstance() : each.found()));
        driver = new TopologyTestDriver(builder.build(), causal.configure(SETTINGS));
        return driver.createInputTopic("texts", new StringSerializer(), new StringSerializer());
    }

    private void runAll(int answers) {
        for (int turn = 0; turn < 20 && written.size() < answers; turn++) {
            engine.runAll();
            Objects.requireNonNull(driver).advanceWallClockTime(Duration.ofMillis(10));
        }
        assertThat(written).hasSize(answers);
    }

    private static void awaitVersion(OutputForm<?> form, int version) {
        Awaitility.await().until(() -> form.latest().id().equals(SUBJECT + " version " + version));
    }

    private static String answer(GenerationRequest request) {
        return schemaOf(request).contains("age") ? "{\"name\":\"Ada\",\"age\":36}" : "{\"name\":\"Ada\"}";
    }

    private static String schemaOf(GenerationRequest request) {
        return request.sampling().constraint() instanceof JsonSchema schema ? schema.schema() : "";
    }

    private static JsonNode read(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }
}
