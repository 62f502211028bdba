package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class RapidEngineTest {

    @Test
    void shouldTellAsManyTokensAsAskedForWithoutAGapAndThenEnd() {
        // Given
        RapidEngine engine = new RapidEngine(ScriptedEngine.saying("never said"));

        // When
        List<GenerationEvent> events =
                engine.generate(new Workload(5, 3, 10).request(1)).toStream().toList();

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
}
