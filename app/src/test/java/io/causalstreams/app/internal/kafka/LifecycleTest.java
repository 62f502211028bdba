package io.causalstreams.app.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void shouldNotHaveRunWhileItWaitsForItsPartitions() throws InterruptedException {
        states(State.CREATED, State.REBALANCING);

        assertThat(lifecycle.awaitRunning(AT_ONCE)).isFalse();
        assertThat(lifecycle.hasEnded()).isFalse();
    }

    @Test
    void shouldHaveRunAlthoughItRebalancesAgain() throws InterruptedException {
        states(State.CREATED, State.REBALANCING, State.RUNNING, State.REBALANCING);

        assertThat(lifecycle.awaitRunning(AT_ONCE)).isTrue();
        assertThat(lifecycle.hasEnded()).isFalse();
    }

    @Test
    void shouldHaveEndedWhenItFailsBeforeItRuns() throws InterruptedException {
        states(State.CREATED, State.REBALANCING, State.PENDING_ERROR, State.ERROR);

        assertThat(lifecycle.awaitRunning(AT_ONCE)).isFalse();
        assertThat(lifecycle.hasEnded()).isTrue();
        assertThat(lifecycle.hasFailed()).isTrue();
    }

    @Test
    void shouldHaveEndedWithoutFailureWhenItIsClosed() throws InterruptedException {
        states(State.CREATED, State.REBALANCING, State.RUNNING, State.PENDING_SHUTDOWN, State.NOT_RUNNING);

        assertThat(lifecycle.awaitRunning(AT_ONCE)).isFalse();
        assertThat(lifecycle.hasEnded()).isTrue();
        assertThat(lifecycle.hasFailed()).isFalse();
    }

    private void states(State... states) {
        for (int i = 1; i < states.length; i++) {
            lifecycle.onChange(states[i], states[i - 1]);
        }
    }
}
