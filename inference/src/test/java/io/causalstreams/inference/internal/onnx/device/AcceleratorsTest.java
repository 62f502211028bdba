package io.causalstreams.inference.internal.onnx.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.causalstreams.inference.Device;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said where a device cannot be used: here, with the jar that everybody has. */
class AcceleratorsTest {

    @BeforeEach
    void needThePlainJar() {
        assertThat(OrtRuntime.environment()).isNotNull();
        assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
    }

    @Test
    void shouldNameTheJarThatIsMissing() {
        assertThatThrownBy(() -> Accelerators.find(Device.cuda(1), null))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageStartingWith("device cuda:1 cannot be used: this ONNX Runtime was built without CUDA")
                .hasMessageContaining("onnxruntime_gpu")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldTakeTheHostWhereThereIsNoDevice() {
        assertThat(Accelerators.find(Device.AUTO, null)).isNull();
        assertThat(Accelerators.find(Device.CPU, null)).isNull();
    }

    @Test
    void shouldNameTheDriverThatIsMissing() {
        assumeFalse(java.nio.file.Files.exists(java.nio.file.Path.of("/proc/driver/nvidia/version")));
        assertThatThrownBy(() -> CudaLibrary.load(null))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("libcuda.so.1 is not to be found")
                .hasMessageContaining("driver");
    }
}
