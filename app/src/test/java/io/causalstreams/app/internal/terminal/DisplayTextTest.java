package io.causalstreams.app.internal.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DisplayTextTest {

    @Test
    void shouldCountWideCharactersAsTwoColumns() {
        assertThat(DisplayText.columns("ab北京")).isEqualTo(6);
        assertThat(DisplayText.tail("ab北京", 4)).isEqualTo("…京");
        assertThat(DisplayText.head("北京ab", 4)).isEqualTo("北…");
    }

    @Test
    void shouldTakeAwayWhatMovesTheCursor() {
        assertThat(DisplayText.printable("a\u001b[2Jb\u0007c\nd\u202ee")).isEqualTo("a[2Jbc de");
    }

    @Test
    void shouldWrapAtSpacesAndKeepParagraphs() {
        assertThat(DisplayText.wrapped("one two three\n\nfour", 8)).isEqualTo(List.of("one two", "three", "", "four"));
    }

    @Test
    void shouldNeverBeWiderThanAsked() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        int[] alphabet = {'a', ' ', '\n', '北', 0x1F642, 'é', 0x301, '-'};
        for (int run = 0; run < 2_000; run++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
            }
            int columns = 2 + random.nextInt(30);
            String printable = DisplayText.printable(text.toString());
            assertThat(DisplayText.columns(DisplayText.tail(printable, columns)))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(columns);
            assertThat(DisplayText.columns(DisplayText.head(printable, columns)))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(columns);
            assertThat(DisplayText.wrapped(text.toString(), columns))
                    .as("seed %d", seed)
                    .allMatch(line -> DisplayText.columns(line) <= columns);
        }
    }
}
