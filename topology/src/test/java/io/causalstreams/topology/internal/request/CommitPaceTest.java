package io.causalstreams.topology.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitPaceTest {

    @Test
    void shouldNotCommitWhenNothingWasTold() {
        assertThat(new CommitPace(100).take(1_000_000)).isFalse();
    }

    @Test
    void shouldLetTokensWaitForTheNextMultipleOfTheDelay() {
        // Given
        CommitPace pace = new CommitPace(100);

        // When
        pace.canWait(1_030);

        // Then
        assertThat(pace.take(1_030)).isFalse();
        assertThat(pace.take(1_099)).isFalse();
        assertThat(pace.take(1_100)).isTrue();
        assertThat(pace.take(1_101)).as("nothing is left to commit").isFalse();
    }

    @Test
    void shouldNotLetLaterTokensPutOffTheCommitOfEarlierOnes() {
        // Given
        CommitPace pace = new CommitPace(100);
        pace.canWait(1_030);

        // When
        pace.canWait(1_100);

        // Then
        assertThat(pace.take(1_100)).isTrue();
    }

    @Test
    void shouldCommitTokensOfTwoTasksInTheSameRound() {
        // Given
        CommitPace one = new CommitPace(100);
        CommitPace other = new CommitPace(100);

        // When
        one.canWait(1_001);
        other.canWait(1_098);

        // Then
        assertThat(one.take(1_099)).isFalse();
        assertThat(other.take(1_099)).isFalse();
        assertThat(one.take(1_100)).isTrue();
        assertThat(other.take(1_100)).isTrue();
    }

    @Test
    void shouldCommitAtOnceWhatIsDueAndWhatWaitedWithIt() {
        // Given
        CommitPace pace = new CommitPace(100);
        pace.canWait(1_010);

        // When
        pace.due();
        pace.canWait(1_011);

        // Then
        assertThat(pace.take(1_011)).isTrue();
        assertThat(pace.take(1_100)).isFalse();
    }

    @Test
    void shouldNotWaitWithoutADelay() {
        // Given
        CommitPace pace = new CommitPace(0);

        // When
        pace.canWait(1_030);

        // Then
        assertThat(pace.take(1_030)).isTrue();
    }
}
