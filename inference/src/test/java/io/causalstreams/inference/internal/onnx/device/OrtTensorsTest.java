package io.causalstreams.inference.internal.onnx.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import org.junit.jupiter.api.Test;

/** Tensors over addresses, with the real library. */
class OrtTensorsTest {

    @Test
    void shouldMakeATensorOfWhatLiesAtAnAddress() throws OrtException {
        // Given
        try (Memory memory = new Memory(24);
                OrtTensors tensors = OrtTensors.of(OrtRuntime.environment(), "Cpu", 0)) {
            memory.write(0, new float[] {1, 2, 3, 4, 5, 6}, 0, 6);

            // When
            try (OnnxTensor tensor =
                    tensors.over(Pointer.nativeValue(memory) + 4, 16, new long[] {2, 2}, OnnxJavaType.FLOAT)) {
                // Then
                assertThat(tensor.getInfo().getShape()).containsExactly(2, 2);
                assertThat(tensor.getValue()).isEqualTo(new float[][] {{2, 3}, {4, 5}});
            }
        }
    }

    @Test
    void shouldRefuseAShapeThatDoesNotFit() throws OrtException {
        try (Memory memory = new Memory(8);
                OrtTensors tensors = OrtTensors.of(OrtRuntime.environment(), "Cpu", 0)) {
            assertThatThrownBy(() -> tensors.over(Pointer.nativeValue(memory), 8, new long[] {3}, OnnxJavaType.FLOAT))
                    .isInstanceOf(OrtException.class);
        }
    }

    @Test
    void shouldNameTheMemoryThatIsUnknown() {
        assertThatThrownBy(() -> OrtTensors.of(OrtRuntime.environment(), "Abacus", 0))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("no memory named Abacus");
    }
}
