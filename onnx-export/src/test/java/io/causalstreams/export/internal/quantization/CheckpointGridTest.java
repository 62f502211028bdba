package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsCheckpoint;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of four bits keep their numbers in an export of four bits. */
class CheckpointGridTest {

    @ParameterizedTest
    @ValueSource(strings = {"awq", "ct-w4a16"})
    void shouldNotRoundAFourBitCheckpointAgain(String name) {
        // Given
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(Path.of("src/test/resources/tiny/" + name))) {
            float[] matrix = checkpoint.weights().read("model.layers.1.mlp.down_proj.weight");

            // When
            FourBitBlocks blocks = FourBitBlocks.of(matrix);

            // Then
            float[] kept = new float[matrix.length];
            for (int i = 0; i < matrix.length; i++) {
                int block = i / FourBitGrid.BLOCK;
                int q = (blocks.packed[i / 2] >> (i % 2 * 4)) & 0xf;
                kept[i] = blocks.steps[block] * (q - blocks.zeroPoints[block]) + blocks.offsets[block];
            }
            assertThat(kept).containsExactly(matrix, Offset.offset(1e-6f));
        }
    }
}
