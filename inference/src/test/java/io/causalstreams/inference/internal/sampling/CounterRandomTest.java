package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

    /** The known answers of Random123 ({@code kat_vectors}, philox4x32 10). */
    @Test
    void shouldBePhilox() {
        assertThat(CounterRandom.block(new int[4], 0, 0))
                .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(CounterRandom.block(new int[] {-1, -1, -1, -1}, -1, -1))
                .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(CounterRandom.block(
                        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void shouldDrawUniformlyOverPositionsChoicesAndSeeds() {
        int draws = 100_000;
        double positions = 0;
        double choices = 0;
        double seeds = 0;
        for (int i = 0; i < draws; i++) {
            positions += CounterRandom.uniform(42, 0, i);
            choices += CounterRandom.uniform(42, i, 7);
            seeds += CounterRandom.uniform(i, 0, 7);
        }
        // The mean of n uniform draws has a standard deviation of 1 / sqrt(12 n) = 0.0009.
        assertThat(positions / draws).isCloseTo(0.5, within(0.004));
        assertThat(choices / draws).isCloseTo(0.5, within(0.004));
        assertThat(seeds / draws).isCloseTo(0.5, within(0.004));
    }
}
