package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AdaptersInTurnTest {

    @Test
    void shouldGiveRequestsTheAdaptersInTurn() {
        GenerationEngine engine = AdaptersInTurn.of(new With(Set.of("a")));

        List<String> adapters = Stream.of("r1", "r2")
                .map(id -> GenerationRequest.text("x", 1).withId(id))
                .map(request -> String.valueOf(engine.prepare(request).request().adapter()))
                .toList();

        assertThat(adapters).containsExactly("a", "a");
        GenerationEngine plain = new With(Set.of());
        assertThat(AdaptersInTurn.of(plain)).isSameAs(plain);
    }

    private static final class With extends ForwardingEngine {
        private final Set<String> adapters;

        With(Set<String> adapters) {
            super(ScriptedEngine.saying("x"));
            this.adapters = adapters;
        }

        @Override
        public Set<String> adapters() {
            return adapters;
        }
    }
}
