package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EngineExampleTest {
    private static final Path SOURCE = Path.of("src/test/java/io/causalstreams/inference/EngineExample.java");
    private static final Path PAGE = Path.of("../docs/engine.md");

    @Test
    void shouldRunTheExampleOfThePage() {
        // Given
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        // When
        EngineExample.run(
                Path.of("src/test/resources/models/tiny-llama"), new PrintStream(bytes, true, StandardCharsets.UTF_8));

        // Then
        assertThat(bytes.toString(StandardCharsets.UTF_8)).matches("(?s).* \\[\\d+ tokens]\\R");
    }

    @Test
    void shouldShowOnThePageWhatIsRun() throws IOException {
        // Given
        String source = Files.readString(SOURCE);
        int begin = source.indexOf("// example begins\n") + "// example begins\n".length();
        int end = source.indexOf("\n        // example ends");
        String example = source.substring(begin, end).stripIndent() + "\n";

        // Then
        assertThat(Files.readString(PAGE)).contains("```java\n" + example + "```");
        assertThat(example.lines()).hasSizeLessThanOrEqualTo(15);
    }
}
