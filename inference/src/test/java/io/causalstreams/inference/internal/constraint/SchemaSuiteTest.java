package io.causalstreams.inference.internal.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.internal.constraint.SchemaSuite.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiler against the JSON-Schema-Test-Suite: sound without exception, and as complete as the page says. */
class SchemaSuiteTest {

    private static final Path PAGE = Path.of("..", "docs", "structured-output.md");
    private static final String BEGIN = "<!-- suite: begin, written by SchemaSuiteTest with -Ddocs.write=true -->\n";
    private static final String END = "<!-- suite: end -->";

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWriteNoInvalidInstance(boolean openObjects) throws IOException {
        // When
        List<String> written = new ArrayList<>();
        for (Case each : SchemaSuite.cases()) {
            each.compile(openObjects)
                    .ifPresent(language -> language.of(each.invalid())
                            .forEach(text -> written.add(
                                    each.draft() + " " + each.about() + ": " + each.schema() + " ← " + text)));
        }

        // Then
        assertThat(written).isEmpty();
    }

    @Test
    void shouldWriteAsMuchAsThePageSays() throws IOException {
        // Given
        Map<String, Share> shares = new TreeMap<>();
        Share whole = new Share();

        // When
        for (Case each : SchemaSuite.cases()) {
            String keyword = each.about().replaceFirst("^optional/(format/)?", "");
            shares.computeIfAbsent(keyword, k -> new Share()).add(each);
            whole.add(each);
        }

        // Then
        StringBuilder table =
                new StringBuilder("| About | Schemas accepted | Their valid instances written |\n|---|---|---|\n");
        table.append("| everything | ").append(whole).append(" |\n");
        List<String> complete = new ArrayList<>();
        shares.forEach((keyword, share) -> {
            if (share.isWhole()) {
                complete.add("`" + keyword + "`");
            } else {
                table.append("| `").append(keyword).append("` | ").append(share).append(" |\n");
            }
        });
        table.append("\nAll schemas and all valid instances: ")
                .append(String.join(", ", complete))
                .append(".\n");
        assertRegion(table.toString());
    }

    private static void assertRegion(String expected) throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.substring(0, from) + expected + page.substring(to));
            return;
        }
        assertThat(page.substring(from, to))
                .as("run this test with -DargLine=-Ddocs.write=true")
                .isEqualTo(expected);
    }

    /** Of some schemas those that compile, and of these the valid instances that are written. */
    private static final class Share {
        private int schemas;
        private int accepted;
        private int valid;
        private int written;

        void add(Case each) {
            schemas++;
            each.compile(true).ifPresent(language -> {
                accepted++;
                valid += each.valid().size();
                written += language.of(each.valid()).size();
            });
        }

        boolean isWhole() {
            return accepted == schemas && written == valid;
        }

        @Override
        public String toString() {
            return accepted + " of " + schemas + " | " + written + " of " + valid;
        }
    }
}
