package io.causalstreams.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CausalStreamsHealthIndicatorTest {

    @ParameterizedTest
    @CsvSource({
        "CREATED, OUT_OF_SERVICE",
        "REBALANCING, OUT_OF_SERVICE",
        "RUNNING, UP",
        "PENDING_SHUTDOWN, DOWN",
        "NOT_RUNNING, DOWN",
        "PENDING_ERROR, DOWN",
        "ERROR, DOWN"
    })
    void shouldFollowKafkaStreams(State state, String status) {
        CausalStreamsHealthIndicator indicator =
                new CausalStreamsHealthIndicator(ScriptedEngine.saying(request -> "yes"), () -> List.of(state));

        assertThat(Objects.requireNonNull(indicator.health()).getStatus().getCode())
                .isEqualTo(status);
        assertThat(Objects.requireNonNull(indicator.health()).getDetails())
                .containsEntry("kafkaStreams", List.of(state.name()));
    }
}
