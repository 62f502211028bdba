package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The engine dies under load: the application ends and says so, and the next one answers what was not answered. */
class EngineDeathIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void shouldEndAndAnswerEveryPromptOnceAfterTheNextStart() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            Topics.createMissing(
                    KafkaConnection.of(broker.bootstrapServers(), null), CausalStreamsConfig.defaults(), 2);
            Load load = new Load(client, Seeds.random("EngineDeathIT"), "death", 30, 20, 200);

            // Given: some requests run, some wait in the engine, some in the journal
            try (MortalEngine engine = new MortalEngine(open());
                    Operator operator = start(engine, broker)) {
                load.runForTokens(300, LIMIT);

                // When
                engine.die();

                // Then
                assertThatThrownBy(operator::awaitEnd)
                        .isInstanceOf(AppException.class)
                        .hasMessageContaining("the engine died: as the test wants")
                        .hasMessageContaining("start the application again");
            }
            try (GenerationEngine engine = open();
                    Operator operator = start(engine, broker)) {
                load.drain(LIMIT);
                assertThat(load.violations()).isEmpty();
                assertThat(load.ids())
                        .allSatisfy(id ->
                                assertThat(client.completion(id).has("error")).isFalse());
                assertThat(client.deadLetters).isEmpty();
                assertThat(operator.health().streams()).isEqualTo("RUNNING");
            }
        }
    }

    private static GenerationEngine open() {
        return GenerationEngine.open(
                TestModels.tinyChat(), EngineConfig.defaults().withSlots(4).withIntraOpThreads(1));
    }

    private static Operator start(GenerationEngine engine, EmbeddedBroker broker) {
        return Operator.start(
                engine,
                new CausalStreamsConfig(Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "state.dir",
                        TestFiles.fresh("state-").toString(),
                        CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG,
                        8)));
    }
}
