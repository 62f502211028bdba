package io.causalstreams.app.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ErrorLineTest {

    @Test
    void shouldNameTheMissingFile() {
        assertThat(ErrorLine.of(new UncheckedIOException(new NoSuchFileException("/a/model.gguf"))))
                .isEqualTo("/a/model.gguf: no such file or directory");
    }

    @Test
    void shouldSayWhatToDoWhenTheDiskIsFull() {
        assertThat(ErrorLine.of(new FileSystemException("/a/b", null, "No space left on device")))
                .isEqualTo("/a/b: no space left on device; free some space, or point XDG_CACHE_HOME to a larger disk");
        assertThat(ErrorLine.of(new IOException("No space left on device"))).contains("XDG_CACHE_HOME");
        assertThat(ErrorLine.of(new IllegalStateException("cannot write /a: No space left on device")))
                .contains("XDG_CACHE_HOME");
    }

    @Test
    void shouldSayWhatToDoWithoutPermission() {
        assertThat(ErrorLine.of(new AccessDeniedException("/a/b"))).startsWith("/a/b: permission denied; ");
    }

    @Test
    void shouldFoldManyLinesIntoOne() {
        assertThat(ErrorLine.of(new IllegalStateException("one\n  two\r\nthree")))
                .isEqualTo("one two three");
    }

    @Test
    void shouldFallBackToTheNameOfTheException() {
        assertThat(ErrorLine.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
