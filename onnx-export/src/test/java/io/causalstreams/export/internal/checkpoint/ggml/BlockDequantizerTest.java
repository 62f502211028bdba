package io.causalstreams.export.internal.checkpoint.ggml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks, decoded by gguf-py's reference; see the note in the resource. */
final class BlockDequantizerTest {

    @ParameterizedTest
    @EnumSource
    void shouldDecodeBlocksAsTheReference(GgmlType type) throws IOException {
        // Given
        JsonNode golden = golden().path("types").path(type.name());
        ByteBuffer blocks = ByteBuffer.wrap(golden.path("blocks").binaryValue()).order(ByteOrder.LITTLE_ENDIAN);
        float[] expected = floats(golden.path("floats").binaryValue());
        int count = blocks.capacity() / type.blockBytes();
        float[] decoded = new float[count * type.blockElements()];

        // When
        type.dequantizer().dequantize(blocks, count, decoded, 0);

        // Then
        assertThat(decoded).isEqualTo(expected);
        assertThat(blocks.hasRemaining()).isFalse();
    }

    private static float[] floats(byte[] bytes) {
        float[] floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private static JsonNode golden() throws IOException {
        try (InputStream json = Objects.requireNonNull(
                BlockDequantizerTest.class.getResourceAsStream("/checkpoint/dequantized-blocks.json"))) {
            return JsonFiles.MAPPER.readTree(json);
        }
    }
}
