package io.causalstreams.export.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendedFileTest {
    private final Random random = new Random(Long.getLong("test.seed", 3));
    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void shouldHoldAllBytesInOrderWhateverTheirNumber() throws IOException {
        for (int bytes : new int[] {0, 1, 4095, 4096, 4 << 20, (4 << 20) + 1, (101 << 20) + 777}) {
            // Given
            expected.reset();
            Path path = directory.resolve("file" + bytes);

            // When
            try (AppendedFile file = new AppendedFile(path)) {
                append(file, bytes);

                // Then
                assertThat(file.finish())
                        .isEqualTo(HexFormat.of().formatHex(Digests.sha256().digest(expected.toByteArray())));
            }
            assertThat(Files.readAllBytes(path)).as("%d bytes", bytes).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void shouldBeReadableAfterEveryFlush() throws IOException {
        // Given
        Path path = directory.resolve("file");
        try (AppendedFile file = new AppendedFile(path)) {
            for (int blocks : new int[] {1, 3000, 0, 2}) {
                // When
                append(file, blocks * file.blockBytes());
                file.flush();

                // Then
                assertThat(Files.readAllBytes(path)).isEqualTo(expected.toByteArray());
            }
        }
    }

    @Test
    void shouldNotWriteOverAnotherFile() throws IOException {
        // Given
        Path path = Files.writeString(directory.resolve("file"), "somebody's");

        // When / Then
        assertThatThrownBy(() -> new AppendedFile(path)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasContent("somebody's");
    }

    /** In parts of random sizes. */
    private void append(AppendedFile file, int bytes) throws IOException {
        byte[] all = new byte[bytes];
        random.nextBytes(all);
        expected.write(all);
        for (int at = 0; at < bytes; ) {
            int part = Math.min(bytes - at, random.nextInt(600_000));
            file.append(ByteBuffer.wrap(all, at, part));
            at += part;
        }
    }
}
