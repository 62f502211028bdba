package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pages of {@code docs/} that are made from the code. {@code -Ddocs.write=true} writes them. */
public final class Documents {

    private Documents() {}

    /** Fails when the page is not what the code says. */
    public static void assertUpToDate(String name, String expected) {
        Path page = Path.of("..", "docs", name);
        try {
            if (Boolean.getBoolean("docs.write")) {
                Files.writeString(page, expected);
            }
            assertThat(Files.readString(page))
                    .as("docs/" + name + " is made from the code; run this test with -Ddocs.write=true")
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
