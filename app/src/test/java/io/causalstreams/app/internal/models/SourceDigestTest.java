package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceDigestTest {
    @TempDir
    private Path directory;

    private Path first;
    private Path second;
    private SourceDigest digests;

    @BeforeEach
    void writeTwoParts() throws IOException {
        first = Files.writeString(directory.resolve("tiny-00001-of-00002.gguf"), "one");
        second = Files.writeString(directory.resolve("tiny-00002-of-00002.gguf"), "two");
        digests = new SourceDigest(new CacheDirectory(directory.resolve("cache")));
    }

    @Test
    void shouldBeTheSameWhicheverPartOfAModelIsNamed() throws IOException {
        assertThat(digests.of(first)).isEqualTo(digests.of(second));
    }

    @Test
    void shouldChangeWithAPartThatIsNotNamed() throws IOException {
        // Given
        String before = digests.of(first);

        // When
        Files.writeString(second, "another");

        // Then
        assertThat(digests.of(first)).isNotEqualTo(before);
    }

    @Test
    void shouldDependOnTheContentOnlyWhereThereIsOneFile() throws IOException {
        // Given
        Path one = Files.writeString(directory.resolve("one.gguf"), "same");
        Path other = Files.writeString(directory.resolve("other.gguf"), "same");

        // When / Then
        assertThat(digests.of(one)).isEqualTo(digests.of(other));
    }

    @Test
    void shouldChangeWithTheFolderOfAModule() throws IOException {
        // Given
        Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("config.json"), "{}");
        Path pooling = Files.createDirectory(checkpoint.resolve("1_Pooling")).resolve("config.json");
        Files.writeString(pooling, "mean");
        Path other = Files.createDirectory(checkpoint.resolve("onnx")).resolve("model.onnx");
        Files.writeString(other, "of somebody else");
        String before = digests.of(checkpoint);

        // When
        Files.writeString(other, "changed");
        String afterOther = digests.of(checkpoint);
        Files.writeString(pooling, "cls");

        // Then
        assertThat(afterOther).isEqualTo(before);
        assertThat(digests.of(checkpoint)).isNotEqualTo(before);
    }
}
