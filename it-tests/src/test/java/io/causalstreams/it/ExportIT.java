package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.Precision;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} from outside. */
class ExportIT {
    @TempDir
    Path directory;

    @Test
    void shouldLeaveNothingBehindWhenInterrupted() throws Exception {
        // Given
        TestModels.smolLm2(Precision.FP32);
        try (CommandProcess export = CommandProcess.start(
                "export",
                "--precision",
                "int8",
                "--max-kl",
                "0.001",
                "--output",
                directory.resolve("model").toString())) {
            export.awaitOutput("Measurement 1", Duration.ofMinutes(2));
            assertThat(directory).isNotEmptyDirectory();

            // When: as Ctrl-C, which a build in the background may ignore
            export.signal("TERM");

            // Then
            assertThat(export.awaitExit(Duration.ofSeconds(30))).isEqualTo(143);
            assertThat(directory).isEmptyDirectory();
        }
    }
}
