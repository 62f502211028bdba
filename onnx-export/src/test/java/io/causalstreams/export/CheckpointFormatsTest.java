package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointFormatsTest {

    @TempDir
    Path directory;

    @Test
    void shouldNameASourceThatDoesNotExist() {
        assertThatThrownBy(() -> CheckpointFormats.open(directory.resolve("nowhere")))
                .hasMessageContaining("nowhere: no such file or directory");
    }
}
