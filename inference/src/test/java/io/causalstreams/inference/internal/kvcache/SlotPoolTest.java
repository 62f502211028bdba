package io.causalstreams.inference.internal.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlotPoolTest {
    private final SlotPool pool = new SlotPool(2);

    @Test
    void shouldKnowWhoOwnsWhat() {
        pool.acquire(1, 7);
        pool.move(1, 0);
        assertThat(pool.ownerOf(0)).isEqualTo(7);
        assertThat(pool.isFree(1)).isTrue();
        assertThat(pool.freeSlots()).isEqualTo(1);
        pool.release(0, 7);
        assertThat(pool.freeSlots()).isEqualTo(2);
    }

    @Test
    void shouldRefuseASecondOwnerASecondSlotAndAForeignRelease() {
        pool.acquire(0, 7);
        assertThatThrownBy(() -> pool.acquire(0, 8)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.acquire(1, 7)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.release(0, 8)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.move(1, 0)).isInstanceOf(IllegalStateException.class);
    }
}
