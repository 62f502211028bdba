package io.causalstreams.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.testkit.ScriptedEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;

/** The application on an embedded broker. */
@SuppressWarnings("NullAway.Init") // opened before all
class TicketTriageApplicationIT {

    @TempDir
    private Path state;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void open() throws Exception {
        broker = EmbeddedBroker.start();
        TriageCheck.createTopics(broker.bootstrapServers());
    }

    @AfterAll
    static void close() {
        broker.close();
    }

    @Test
    void shouldLabelTicketsAndAnswerPromptsWithTheModelOfItsProperties() throws Exception {
        Path model = TriageCheck.model();
        try (ConfigurableApplicationContext application = run(application(), "--causal.streams.model=" + model)) {

            TriageCheck.run(broker.bootstrapServers());

            Health health = Objects.requireNonNull(application
                    .getBean("causalStreamsHealthIndicator", HealthIndicator.class)
                    .health());
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("kafkaStreams", List.of("RUNNING"));
        }
    }

    @Test
    void shouldStopKafkaStreamsBeforeTheEngineIsClosed() {
        // Given
        Observed engine = new Observed();
        ConfigurableApplicationContext application = application()
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(
                                "generationEngine", GenerationEngine.class, (Supplier<GenerationEngine>) () -> engine))
                .run("--spring.kafka.streams.application-id=order", "--spring.kafka.streams.state-dir=" + state);
        KafkaStreams streams = Objects.requireNonNull(
                application.getBean(StreamsBuilderFactoryBean.class).getKafkaStreams());
        engine.watched = streams;

        // When
        application.close();

        // Then
        assertThat(engine.statesAtClose).containsExactly(KafkaStreams.State.NOT_RUNNING);
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(TicketTriageApplication.class);
    }

    private ConfigurableApplicationContext run(SpringApplicationBuilder application, String property) {
        return application.run(
                "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "--spring.kafka.streams.state-dir=" + state,
                property);
    }

    /** Notes the state in which Kafka Streams is when this is closed. */
    private static final class Observed extends ForwardingEngine {
        private final List<KafkaStreams.State> statesAtClose = new CopyOnWriteArrayList<>();
        private KafkaStreams watched;

        Observed() {
            super(ScriptedEngine.saying(request -> "login"));
        }

        @Override
        public void close() {
            statesAtClose.add(watched.state());
            super.close();
        }
    }
}
