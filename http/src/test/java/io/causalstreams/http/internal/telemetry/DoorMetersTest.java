package io.causalstreams.http.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class DoorMetersTest {
    @Test
    void shouldCountTheStreamsOfEachDoorOfAProcess() {
        // Given
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        DoorMeters one = new DoorMeters(registry);
        one.listensOn(8080);
        DoorMeters other = new DoorMeters(registry);
        other.listensOn(8081);

        // When
        one.streamBegins();
        other.streamBegins();
        other.streamBegins();

        // Then
        assertThat(registry.get("causal.streams.http.streams").gauges())
                .extracting(Gauge::value)
                .containsExactlyInAnyOrder(1.0, 2.0);
    }
}
