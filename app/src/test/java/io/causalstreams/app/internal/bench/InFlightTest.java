package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightTest {

    @Test
    void shouldStartEveryRequestOnce() throws InterruptedException {
        // Given: a target that answers at once
        List<Long> started = new ArrayList<>();
        InFlight load = new InFlight((number, onEnd) -> {
            started.add(number);
            onEnd.ended(null);
        });

        // When
        load.run(3, 10, 100);

        // Then
        assertThat(started).containsExactly(100L, 101L, 102L, 103L, 104L, 105L, 106L, 107L, 108L, 109L);
    }

    @Test
    void shouldTellWhyARequestFailed() {
        InFlight load = new InFlight((number, onEnd) -> onEnd.ended(new IllegalStateException("no room")));
        assertThatThrownBy(() -> load.run(2, 4, 0))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("no room");
    }
}
