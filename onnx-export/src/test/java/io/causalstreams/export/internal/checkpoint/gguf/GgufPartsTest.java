package io.causalstreams.export.internal.checkpoint.gguf;

import static io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf.counting;
import static io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufBytes;
import io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufPartsTest {
    private static final int TENSORS = 15;

    @TempDir
    Path directory;

    @BeforeEach
    void writeTwoParts() throws IOException {
        write("tiny-Q4_0-00001-of-00002.gguf", TinyGguf.llama(), 0, TENSORS);
        write("tiny-Q4_0-00002-of-00002.gguf", bias(), 1, TENSORS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-Q4_0-00001-of-00002.gguf", "tiny-Q4_0-00002-of-00002.gguf"})
    void shouldReadTensorsOfAllPartsWhicheverIsGiven(String part) {
        // When
        try (Checkpoint checkpoint = GgufCheckpoint.open(directory.resolve(part))) {

            // Then
            assertThat(checkpoint.weights().read("model.layers.0.self_attn.q_proj.bias"))
                    .hasSize(8);
            assertThat(checkpoint.weights().read("model.norm.weight")).containsExactly(counting(4));
            assertThat(checkpoint.name()).isEqualTo("tiny");
        }
    }

    @Test
    void shouldFindTheFirstPartOfADirectory() throws IOException {
        assertThat(GgufCheckpoint.onlyFileOf(directory)).contains(directory.resolve("tiny-Q4_0-00001-of-00002.gguf"));

        Files.write(directory.resolve("other.gguf"), new byte[0]);
        assertThat(GgufCheckpoint.onlyFileOf(directory)).isEmpty();
    }

    @Test
    void shouldNameThePartThatIsMissing() throws IOException {
        // Given
        Files.delete(directory.resolve("tiny-Q4_0-00002-of-00002.gguf"));

        // When, Then
        refuses("tiny-Q4_0-00002-of-00002.gguf: part is missing (there are 2)");
    }

    @Test
    void shouldRefusePartsOfDifferentModels() throws IOException {
        write("tiny-Q4_0-00002-of-00002.gguf", bias(), 0, TENSORS);
        refuses("does not say that it is part 2 of 2");

        write("tiny-Q4_0-00002-of-00002.gguf", bias(), 1, TENSORS);
        write("tiny-Q4_0-00001-of-00002.gguf", TinyGguf.llama(), 0, TENSORS + 1);
        refuses("15 different tensors, not as many as they say");
    }

    /** The second part: the biases of attention. */
    private static GgufBytes bias() {
        return new GgufBytes()
                .tensor("blk.0.attn_q.bias", shape(8), counting(8))
                .tensor("blk.0.attn_k.bias", shape(4), counting(4))
                .tensor("blk.0.attn_v.bias", shape(4), counting(4))
                .tensor("blk.0.attn_output.bias", shape(4), counting(4));
    }

    private void write(String name, GgufBytes file, int number, int tensors) throws IOException {
        file.u32("split.no", number).u32("split.count", 2).u32("split.tensors.count", tensors);
        Files.write(directory.resolve(name), file.build());
    }

    private void refuses(String reason) {
        assertThatThrownBy(() -> GgufCheckpoint.open(directory.resolve("tiny-Q4_0-00001-of-00002.gguf"))
                        .close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
