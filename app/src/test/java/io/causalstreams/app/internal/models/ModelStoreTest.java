package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final String OLD = "aaaaaaaaaaaa";
    private static final String NEW = "bbbbbbbbbbbb";

    @Test
    void shouldPruneTheExportsOfOtherReleasesOnly(@TempDir Path root) throws IOException {
        // Given: the same checkpoint exported by two releases, and an export that is being made
        Path checkpoint = Files.createDirectories(root.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("config.json"), "{}");
        ModelSource source = new ModelSource.Checkpoint(checkpoint);
        CacheDirectory cache = new CacheDirectory(root.resolve("cache"));
        Path old = store(cache, OLD).modelDirectory(source, Precision.INT8, Precision.INT8);
        Path current = store(cache, NEW).modelDirectory(source, Precision.INT8, Precision.INT8);
        Path unfinished = Files.createDirectories(cache.exports().resolve("other-int8-cccccccccccc-" + OLD));
        ModelStore store = store(cache, NEW);
        assertThat(store.exports()).extracting(ModelStore.Export::current).containsExactly(false, true);

        // When
        assertThat(store.prune()).extracting(ModelStore.Export::directory).containsExactly(old);

        // Then
        assertThat(old).doesNotExist();
        assertThat(unfinished).exists();
        assertThat(store.exports()).extracting(ModelStore.Export::directory).containsExactly(current);
    }

    private static ModelStore store(CacheDirectory cache, String version) {
        return new ModelStore(cache, new OneFileExporter(version), new HubDownload(), Progress.silent());
    }

    private record OneFileExporter(String version) implements CheckpointExporter {
        @Override
        public void export(Path checkpoint, Path output, ExportOptions options, Progress progress) {
            try {
                Files.createDirectories(output);
                Files.writeString(output.resolve("export.json"), "{}");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
