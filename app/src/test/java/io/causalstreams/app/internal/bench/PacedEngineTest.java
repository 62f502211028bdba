package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacedEngineTest {

    @Test
    void shouldTellAsManyTokensAsAskedForWithoutAGapAndThenEnd() {
        // Given
        List<GenerationEvent> events;

        // When
        try (PacedEngine engine = new PacedEngine(ScriptedEngine.saying("never said"), 1000)) {
            events = engine.generate(new Workload(5, 3, 10).request(1))
                    .toStream()
                    .toList();
        }

        // Then
        assertThat(events).hasSize(4);
        assertThat(events.subList(0, 3))
                .extracting(event -> ((TokenChunk) event).tokenIndex())
                .containsExactly(0, 1, 2);
        Finished finished = (Finished) events.get(3);
        assertThat(finished.usage().promptTokens()).isEqualTo(5);
        assertThat(finished.usage().completionTokens()).isEqualTo(3);
        assertThat(finished.choices().get(0).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(finished.choices().get(0).text()).isEqualTo(" a a a");
    }

    @Test
    void shouldGiveAllRequestsTogetherNoMoreThanItsPace() throws InterruptedException {
        // Given
        EngineTarget target;
        double seconds;

        // When
        try (PacedEngine engine = new PacedEngine(ScriptedEngine.saying("never said"), 1000)) {
            target = new EngineTarget(engine, new Workload(5, 20, 10));
            seconds = new InFlight(target).run(4, 8, 1);
        }

        // Then
        assertThat(8 * 20 / seconds).isLessThanOrEqualTo(1000).isGreaterThan(100);
    }

    @Test
    void shouldNameItselfNoModel() {
        // Given
        ScriptedEngine scripted = ScriptedEngine.saying("never said");

        // When
        try (PacedEngine engine = new PacedEngine(scripted, 1000)) {

            // Then
            assertThat(engine.model().name()).isEqualTo("none");
            assertThat(engine.model().fingerprint()).isEqualTo(scripted.model().fingerprint());
        }
    }
}
