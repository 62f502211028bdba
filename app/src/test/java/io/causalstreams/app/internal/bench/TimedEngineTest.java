package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedEngineTest {

    @Test
    void shouldNoteEveryTokenBeforeTheSubscriberHasIt() {
        // Given: three tokens in two chunks
        TimedEngine timed = new TimedEngine(new TwoChunks(), 3);
        List<Long> seenBefore = new ArrayList<>();
        long start = System.nanoTime();

        // When
        timed.generate(new Workload(1, 3, 10).request(5)).subscribe(event -> {
            int last = ((TokenChunk) event).tokenIndex();
            seenBefore.add(timed.emittedNanos("bench-5", last));
        });

        // Then
        assertThat(seenBefore).hasSize(2).allMatch(moment -> moment >= start && moment <= System.nanoTime());
        assertThat(timed.emittedNanos("bench-5", 2)).isEqualTo(timed.emittedNanos("bench-5", 1));
    }

    @Test
    void shouldNotInventTheMomentOfATokenThatWasNotEmitted() {
        TimedEngine timed = new TimedEngine(new TwoChunks(), 3);
        assertThatThrownBy(() -> timed.emittedNanos("bench-5", 0)).hasMessageContaining("before it was emitted");
    }

    private static final class TwoChunks extends ForwardingEngine {
        TwoChunks() {
            super(ScriptedEngine.saying("never said"));
        }

        @Override
        public Generation generate(PreparedRequest request, GenerationListener listener) {
            listener.onTokens(new TokenChunk(0, 0, List.of(7), "a", null));
            listener.onTokens(new TokenChunk(0, 1, List.of(8, 9), "bc", null));
            return () -> {};
        }
    }
}
