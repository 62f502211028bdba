package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices as the command line names them. */
class DeviceTest {

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "auto", "cuda:0", "cuda:7"})
    void shouldReadWhatItWrites(String text) {
        assertThat(Device.parse(text)).hasToString(text);
    }

    @Test
    void shouldTakeTheFirstCudaDeviceWhereNoneIsNumbered() {
        assertThat(Device.parse("cuda")).isEqualTo(Device.cuda(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:x", "CPU", "cpu:1"})
    void shouldSayWhichDevicesThereAre(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("cpu, cuda, cuda:N and auto");
    }

    @Test
    void shouldLetOnlyDevicesDecideTheNumberOfSlots() {
        EngineConfig onDevice = EngineConfig.defaults().withDevice(Device.AUTO).withSlots(EngineConfig.SLOTS_THAT_FIT);
        assertThat(onDevice.shareOf(3).slots()).isEqualTo(EngineConfig.SLOTS_THAT_FIT);
        assertThatThrownBy(() -> onDevice.withDevice(Device.CPU)).hasMessageContaining("slots is 0");
    }
}
