package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.Accelerators;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.NativeLibraries;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The seam on a CUDA device, where there is one and ONNX Runtime has CUDA; else all of it is skipped. */
@Tag("gpu")
class GpuCausalLmTest {
    /** Of logits up to about 1, in half precision. */
    private static final float CLOSE = 0.01f;

    private static @Nullable Accelerator device() {
        OrtRuntime.environment();
        return Accelerators.find(Device.AUTO, NativeLibraries.folder());
    }

    private static CausalLm open(EngineConfig config) {
        Accelerator device = device();
        assumeTrue(device != null);
        return OnnxModels.openOn(Objects.requireNonNull(device), ModelDirectory.at(SeamTests.TINY_HALF), config);
    }

    @Nested
    class NodeByNode extends SeamTests {
        NodeByNode() {
            super(open(CONFIG.withCudaGraphs(false)), CLOSE);
        }
    }

    @Nested
    class Recorded extends SeamTests {
        Recorded() {
            super(open(CONFIG), CLOSE);
        }
    }

    @Test
    void shouldGiveItsMemoryBack() {
        // Given: what the libraries take for themselves is taken
        open(SeamTests.CONFIG).close();
        Accelerator device = Objects.requireNonNull(device());
        long free = device.memory().freeBytes();

        // When
        for (int i = 0; i < 5; i++) {
            open(SeamTests.CONFIG).close();
        }

        // Then
        assertThat(device.memory().freeBytes()).isGreaterThanOrEqualTo(free - (8 << 20));
    }
}
