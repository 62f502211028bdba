package io.causalstreams.export.internal.checkpoint.gguf.file;

import static io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.HeapByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufFileTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldReadMetadataAndTensors(int version) {
        // Given
        byte[] bytes = new GgufBytes()
                .version(version)
                .string("general.name", "tiny \u00e9")
                .u32("llama.block_count", 7)
                .f32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .flag("tokenizer.ggml.add_bos_token", true)
                .strings("tokenizer.ggml.tokens", List.of("a", ""))
                .i32s("tokenizer.ggml.token_type", 1, -1)
                .f32s("tokenizer.ggml.scores", 0.5f, -3)
                .tensor("a.weight", shape(2, 3), 1, 2, 3, 4, 5, 6)
                .tensor("b.weight", shape(1), 7)
                .build();

        // When
        GgufFile file = open(bytes);

        // Then
        GgufMetadata metadata = file.metadata();
        assertThat(metadata.string("general.name")).contains("tiny \u00e9");
        assertThat(metadata.integer("llama.block_count")).contains(7);
        assertThat(metadata.number("llama.attention.layer_norm_rms_epsilon")).contains(1e-5);
        assertThat(metadata.flag("tokenizer.ggml.add_bos_token")).contains(true);
        assertThat(metadata.strings("tokenizer.ggml.tokens")).contains(List.of("a", ""));
        assertThat(metadata.integers("tokenizer.ggml.token_type"))
                .hasValueSatisfying(v -> assertThat(v).containsExactly(1, -1));
        assertThat(metadata.numbers("tokenizer.ggml.scores"))
                .hasValueSatisfying(v -> assertThat(v).containsExactly(0.5, -3));
        assertThat(tensor(file, "a.weight").shape()).containsExactly(2L, 3L);
        assertThat(tensor(file, "a.weight").read()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(tensor(file, "b.weight").read()).containsExactly(7);
    }

    @Test
    void shouldKeepTensorsOfOtherTypesApart() {
        // Given type 99, which ggml has not
        byte[] bytes =
                new GgufBytes().tensor("a.weight", 99, shape(256), new byte[66]).build();

        // When
        GgufFile file = open(bytes);

        // Then
        assertThat(file.tensors()).isEmpty();
        assertThat(file.unreadable()).containsEntry("a.weight", 99);
    }

    @Test
    void shouldRefuseOtherFilesAndVersions() {
        refuses(() -> open(new byte[0]), "is not a GGUF file");
        refuses(() -> open("PK\3\4 something".getBytes(java.nio.charset.StandardCharsets.UTF_8)), "is not a GGUF file");
        refuses(() -> open(new GgufBytes().version(1).build()), "GGUF version 1");
        refuses(() -> open(new GgufBytes().version(3 << 24).build()), "is big-endian GGUF");
    }

    @Test
    void shouldRefuseFileCutShortAnywhere() {
        // Given
        byte[] whole = TinyGguf.llama().build();

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);

            // When, Then
            assertThatThrownBy(() -> open(cut)).as("%d bytes", length).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void shouldRefuseCountsBeyondTheFile() {
        refuses(
                () -> open(patched(TinyGguf.llama().build(), 8, 0x7fffffffffffffffL)),
                "claims 9223372036854775807 tensors");
        refuses(() -> open(patched(TinyGguf.llama().build(), 16, -1)), "claims 18446744073709551615 keys");
        refuses(() -> open(patched(TinyGguf.llama().build(), 24, 1L << 40)), "claims 1099511627776 bytes of text");
    }

    @Test
    void shouldRefuseOverlappingTensors() {
        // Given two tensors of 32 bytes; the second one's offset is in the last eight bytes of the header
        byte[] bytes = new GgufBytes()
                .tensor("a.weight", shape(8), new float[8])
                .tensor("b.weight", shape(8), new float[8])
                .build();
        int secondOffset = 24 + 2 * (8 + 8 + 4 + 8 + 4 + 8) - 8;

        // When, Then
        refuses(() -> open(patched(bytes, secondOffset, 0)), "where no tensor can begin");
        refuses(() -> open(patched(bytes, secondOffset, 40)), "where no tensor can begin");
        refuses(() -> open(patched(bytes, secondOffset, 64)), "ends at 96");
        refuses(() -> open(patched(bytes, secondOffset, -32)), "where no tensor can begin");
    }

    @Test
    void shouldRefuseImpossibleShapes() {
        byte[] block = new byte[18];
        refuses(
                () -> open(new GgufBytes()
                        .tensor("a.weight", 2, shape(2, 16), block)
                        .build()),
                "impossible shape");
        refuses(
                () -> open(
                        new GgufBytes().tensor("a.weight", 0, shape(0), block).build()),
                "impossible shape");
        refuses(
                () -> open(new GgufBytes()
                        .tensor("a.weight", 0, shape(1L << 40, 1L << 40), block)
                        .build()),
                "impossible shape");
        refuses(
                () -> open(new GgufBytes()
                        .tensor("a.weight", 0, shape(1, 1, 1, 1, 1), block)
                        .build()),
                "has 5 dimensions");
    }

    @Test
    void shouldRefuseSameNameTwice() {
        refuses(
                () -> open(new GgufBytes()
                        .tensor("a.weight", shape(1), 1)
                        .tensor("a.weight", shape(1), 1)
                        .build()),
                "two tensors a.weight");
    }

    @Test
    void shouldNameTensorThatHoldsInfinity() {
        // Given
        GgufFile file = open(new GgufBytes()
                .tensor("a.weight", shape(2), 1, Float.NEGATIVE_INFINITY)
                .build());

        // When, Then
        refuses(() -> tensor(file, "a.weight").read(), "tensor a.weight holds -Infinity at element 1");
    }

    private static void refuses(ThrowingCallable call, String reason) {
        assertThatThrownBy(call)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private static byte[] patched(byte[] bytes, int at, long value) {
        byte[] patched = bytes.clone();
        for (int i = 0; i < 8; i++) {
            patched[at + i] = (byte) (value >>> (8 * i));
        }
        return patched;
    }

    private static GgufFile open(byte[] bytes) {
        return GgufFile.open(HeapByteSource.of(bytes));
    }

    private static StoredTensor tensor(GgufFile file, String name) {
        return Objects.requireNonNull(file.tensors().get(name));
    }
}
