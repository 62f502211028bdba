package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    @Test
    void shouldKnowAliasesAndHubNames() {
        assertThat(ModelSource.parse("SmolLM2-135M-Instruct")).isEqualTo(new ModelSource.Known(KnownModel.DEFAULT));
        assertThat(ModelSource.parse("Qwen/Qwen3-0.6B@main")).isEqualTo(new ModelSource.Hub("Qwen/Qwen3-0.6B", "main"));
        assertThat(ModelSource.parse("Qwen/Qwen3-0.6B")).isEqualTo(new ModelSource.Hub("Qwen/Qwen3-0.6B", null));
    }

    @Test
    void shouldTellDirectoriesApartByWhatTheyHold() throws Exception {
        Path exported = Files.createDirectory(directory.resolve("exported"));
        Files.createFile(exported.resolve("model.onnx"));
        Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        Files.createFile(checkpoint.resolve("config.json"));
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.createFile(foreign.resolve("config.json"));
        Files.createFile(foreign.resolve("model_quantized.onnx"));
        Path one = Files.createDirectory(directory.resolve("one"));
        Path gguf = Files.createFile(one.resolve("m.gguf"));

        assertThat(ModelSource.parse(exported.toString())).isEqualTo(new ModelSource.Exported(exported));
        assertThat(ModelSource.parse(checkpoint.toString())).isEqualTo(new ModelSource.Checkpoint(checkpoint));
        assertThat(ModelSource.parse(foreign.toString())).isEqualTo(new ModelSource.Exported(foreign));
        assertThat(ModelSource.parse(foreign.resolve("model_quantized.onnx").toString()))
                .isEqualTo(new ModelSource.Exported(foreign));
        assertThat(ModelSource.parse(one.toString())).isEqualTo(new ModelSource.Checkpoint(gguf));
        assertThat(ModelSource.parse(gguf.toString()).label()).isEqualTo("m");
    }

    @Test
    void shouldTakeTheDirectoryOfAGgufModelInParts() throws Exception {
        // Given
        Path first = Files.createFile(directory.resolve("big-00001-of-00002.gguf"));

        // When
        Path second = Files.createFile(directory.resolve("big-00002-of-00002.gguf"));

        // Then
        assertThat(ModelSource.parse(directory.toString())).isEqualTo(new ModelSource.Checkpoint(directory));
        assertThat(ModelSource.parse(first.toString())).isEqualTo(new ModelSource.Checkpoint(first));

        // two models, and it must be said which
        Files.move(second, directory.resolve("other.gguf"));
        assertThatThrownBy(() -> ModelSource.parse(directory.toString()))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("holds 2 .gguf files; name one");
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThatThrownBy(() -> ModelSource.parse("/no/such/model.gguf"))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("'/no/such/model.gguf'")
                .hasMessageContaining("smollm2-135m-instruct");
        assertThatThrownBy(() -> ModelSource.parse(directory.toString()))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("holds no model");
    }
}
