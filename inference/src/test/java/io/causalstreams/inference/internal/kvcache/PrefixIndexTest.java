package io.causalstreams.inference.internal.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixIndexTest {
    private final PrefixIndex index = new PrefixIndex(3, 10);

    @Test
    void shouldFindTheLongestSharedPrefix() {
        index.setFree(0, null, new int[] {1, 2, 3, 4}, 4);
        index.setRunning(1, null, new int[] {1, 2, 5, 6, 7}, 4);
        assertThat(index.longest(null, new int[] {1, 2, 5, 6, 7, 8}, 5)).isEqualTo(new PrefixIndex.Match(1, 4, true));
        assertThat(index.longest(null, new int[] {1, 2, 3, 9}, 3)).isEqualTo(new PrefixIndex.Match(0, 3, false));
        assertThat(index.longest(null, new int[] {9}, 1)).isNull();
    }

    @Test
    void shouldNotGoBeyondTheLimit() {
        index.setFree(0, null, new int[] {1, 2, 3}, 3);
        assertThat(index.longest(null, new int[] {1, 2, 3}, 2)).isEqualTo(new PrefixIndex.Match(0, 2, false));
    }

    @Test
    void shouldShortenWhatWasUnusedLongestWhenTheBoundIsReached() {
        index.setFree(0, null, new int[] {1, 1, 1, 1}, 4);
        index.setFree(1, null, new int[] {2, 2, 2, 2}, 4);
        index.longest(null, new int[] {1, 1}, 2);
        index.setFree(2, null, new int[] {3, 3, 3, 3}, 4);
        assertThat(index.length(0)).isEqualTo(4);
        assertThat(index.length(1)).isEqualTo(2);
        assertThat(index.length(2)).isEqualTo(4);
        assertThat(index.freeTokens()).isEqualTo(10);
    }

    @Test
    void shouldCutContentThatAloneIsBeyondTheBound() {
        index.setFree(0, null, new int[20], 20);
        assertThat(index.length(0)).isEqualTo(10);
    }

    @Test
    void shouldGiveAwayAnEmptySlotBeforeAnOldOne() {
        index.setFree(0, null, new int[] {1}, 1);
        index.setFree(1, null, new int[] {2}, 1);
        assertThat(index.victim(-1)).isEqualTo(2);
        index.setRunning(2, null, new int[] {3}, 1);
        assertThat(index.victim(-1)).isEqualTo(0);
        assertThat(index.victim(0)).isEqualTo(1);
    }

    @Test
    void shouldNotShareBetweenAdapters() {
        index.setFree(0, "a", new int[] {1, 2, 3}, 3);
        index.setRunning(1, null, new int[] {1}, 1);
        assertThat(index.longest("a", new int[] {1, 2, 3}, 3)).isEqualTo(new PrefixIndex.Match(0, 3, true));
        assertThat(index.longest(null, new int[] {1, 2, 3}, 3)).isEqualTo(new PrefixIndex.Match(1, 1, true));
        assertThat(index.longest("b", new int[] {1, 2, 3}, 3)).isNull();
    }
}
