package io.causalstreams.examples.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;

/** The application inside the test's JVM, with an engine that says what a script says. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@SuppressWarnings("NullAway.Init") // injected
class TicketTriageIT {
    @Inject
    GenerationEngine engine;

    @Inject
    KafkaStreams streams;

    @Test
    void shouldLabelTicketsAndAnswerPromptsWithTheBeanOfTheTest() throws Exception {
        new TriageCheck().run();

        assertThat(engine.model().name()).isEqualTo("scripted");
        assertThat(streams.state()).isEqualTo(KafkaStreams.State.RUNNING);
    }
}
