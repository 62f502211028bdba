package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every token of the scripted tokenizer stands for one byte, so a text can be split at every place. */
class StreamingDetokenizerTest {
    private static final String TEXT = "aé中😀🇫🇷👩‍👩‍👧 end";

    @Test
    void shouldNeverShowPartOfACharacter() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), List.of(), false, 0);

        StringBuilder shown = new StringBuilder();
        for (int token : ByteTokenizer.encode(TEXT)) {
            String delta = detokenizer.append(token);
            assertThat(delta.codePointCount(0, delta.length())).isLessThanOrEqualTo(1);
            shown.append(delta);
            assertThat(TEXT).startsWith(shown);
        }

        assertThat(shown.append(detokenizer.finish())).hasToString(TEXT);
    }

    @Test
    void shouldDropACharacterThatTheCompletionDoesNotFinish() {
        byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length <= bytes.length; length++) {
            String shown = run(Arrays.copyOf(bytes, length), List.of(), false, 0);

            String whole = new String(bytes, 0, length, StandardCharsets.UTF_8);
            assertThat(shown).isEqualTo(whole.replaceAll("\uFFFD$", ""));
        }
    }

    @Test
    void shouldReplaceBytesThatCannotBecomeACharacterAsStandardDecodingDoes() {
        Random random = Seeds.random();
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int i = 0; i < bytes.length; i++) {
                // Mostly bytes from which multi-byte characters are made, well-formed or not.
                bytes[i] = (byte) (random.nextInt(4) == 0 ? 'a' : 0x80 + random.nextInt(128));
            }
            byte[] ended = Arrays.copyOf(bytes, bytes.length + 1);
            ended[bytes.length] = '.';

            assertThat(run(ended, List.of(), false, 0))
                    .as("bytes %s", Arrays.toString(ended))
                    .isEqualTo(new String(ended, StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldEndInFrontOfAStopStringHoweverItIsSplit() {
        for (String stop : List.of("中😀", "end", "é", "🇷👩", "‍👧 ", "d")) {
            String expected = TEXT.substring(0, TEXT.indexOf(stop));
            for (int[] cut : twoCuts(TEXT)) {
                StreamingDetokenizer detokenizer =
                        new StreamingDetokenizer(new PieceTokenizer(TEXT, cut), List.of(stop), false, 0);
                StringBuilder shown = new StringBuilder();
                for (int token = 0; token < 3 && detokenizer.matchedStop() == null; token++) {
                    shown.append(detokenizer.append(token));
                    assertThat(expected).startsWith(shown);
                }
                shown.append(detokenizer.finish());

                assertThat(shown).hasToString(expected);
                assertThat(detokenizer.matchedStop()).isEqualTo(stop);
            }
        }
    }

    @Test
    void shouldEndBehindTheStopStringWhenItIsToBeIncluded() {
        String expected = "aé中😀";
        for (int[] cut : twoCuts(TEXT)) {
            StreamingDetokenizer detokenizer =
                    new StreamingDetokenizer(new PieceTokenizer(TEXT, cut), List.of("中😀"), true, 0);
            StringBuilder shown = new StringBuilder();
            for (int token = 0; token < 3; token++) {
                shown.append(detokenizer.append(token));
            }

            assertThat(shown.append(detokenizer.finish())).hasToString(expected);
        }
    }

    @Test
    void shouldShowWhatOnlyLookedLikeAStopString() {
        assertThat(run("aab aabx aaba", List.of("aabaa"), false, 0)).isEqualTo("aab aabx aaba");
        assertThat(run("ababac", List.of("ababc"), false, 0)).isEqualTo("ababac");
    }

    @Test
    void shouldHoldBackNoMoreThanThePossibleBeginning() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), List.of("STOP"), false, 0);

        assertThat(detokenizer.append('x')).isEqualTo("x");
        assertThat(detokenizer.append('S')).isEmpty();
        assertThat(detokenizer.append('T')).isEmpty();
        assertThat(detokenizer.append('S')).isEqualTo("ST");
        assertThat(detokenizer.append('y')).isEqualTo("Sy");
        assertThat(detokenizer.append('S')).isEmpty();
        assertThat(detokenizer.finish()).isEqualTo("S");
    }

    @Test
    void shouldLetTheStopStringWinThatEndsFirst() {
        assertThat(run("xxabcdyy", List.of("abcd", "bc"), false, 0)).isEqualTo("xxa");
        assertThat(run("xxabcdyy", List.of("bc", "abc"), false, 0)).isEqualTo("xx");
        assertThat(run("one two three", List.of("three", "two"), false, 0)).isEqualTo("one ");
    }

    @Test
    void shouldNotStopWithinTheFirstTokens() {
        assertThat(run("ab ab ab", List.of("ab"), false, 2)).isEqualTo("ab ");
        assertThat(run("ab ab ab", List.of("ab"), false, 4)).isEqualTo("ab ");
        assertThat(run("ab ab ab", List.of("ab"), false, 5)).isEqualTo("ab ab ");
        assertThat(run("ab ab ab", List.of("ab"), false, 8)).isEqualTo("ab ab ab");
    }

    @Test
    void shouldAgreeWithASearchInTheWholeTextWhateverTheTokens() {
        Random random = Seeds.random();
        for (int round = 0; round < 5_000; round++) {
            String text = randomText(random, 30);
            List<String> stops = List.of(randomText(random, 3) + "é", "b" + randomText(random, 2), "😀a");
            int[] cut = {random.nextInt(text.length() + 1), random.nextInt(text.length() + 1)};
            Arrays.sort(cut);

            StreamingDetokenizer detokenizer = new StreamingDetokenizer(new PieceTokenizer(text, cut), stops, false, 0);
            StringBuilder shown = new StringBuilder();
            for (int token = 0; token < 3; token++) {
                shown.append(detokenizer.append(token));
            }
            shown.append(detokenizer.finish());

            assertThat(shown)
                    .as("%s in '%s' cut at %s", stops, text, Arrays.toString(cut))
                    .hasToString(untilFirstEnd(text, stops));
        }
    }

    private static String untilFirstEnd(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String before = text.substring(0, end);
            int longest = stops.stream()
                    .filter(before::endsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            if (longest > 0) {
                return text.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String randomText(Random random, int most) {
        String[] alphabet = {"a", "b", "é", "中", "😀"};
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(most + 1); length > 0; length--) {
            text.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    private static String run(String text, List<String> stops, boolean includeStop, int minTokens) {
        return run(text.getBytes(StandardCharsets.UTF_8), stops, includeStop, minTokens);
    }

    private static String run(byte[] bytes, List<String> stops, boolean includeStop, int minTokens) {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), stops, includeStop, minTokens);
        StringBuilder shown = new StringBuilder();
        for (byte b : bytes) {
            shown.append(detokenizer.append(b & 0xFF));
        }
        return shown.append(detokenizer.finish()).toString();
    }

    /** All ways to cut the text's bytes into three tokens. */
    private static List<int[]> twoCuts(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        List<int[]> cuts = new ArrayList<>();
        for (int first = 0; first <= length; first++) {
            for (int second = first; second <= length; second++) {
                cuts.add(new int[] {first, second});
            }
        }
        return cuts;
    }

    @ParameterizedTest
    @CsvSource({"<end>,a,a<end>", "a<end>b,'',a<end>b", "<end>b,a,a<end>b", "c,ab,abc"})
    void shouldReadASpecialTokenThatAStopStringNamesAsItsName(String stop, String without, String with) {
        assertThat(textOfABracketedByEnd(stop, false)).isEqualTo(without);
        assertThat(textOfABracketedByEnd(stop, true)).isEqualTo(with);
    }

    @Test
    void shouldNotShowASpecialTokenOfAStopStringThatDidNotCome() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), List.of("<end>x"), true, 0);
        String text = detokenizer.append('a') + detokenizer.append(ByteTokenizer.END) + detokenizer.append('b');
        assertThat(text + detokenizer.finish()).isEqualTo("ab");
        assertThat(detokenizer.matchedStop()).isNull();
    }

    @Test
    void shouldFindANameThatIsSpelledAsText() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), List.of("<end>"), false, 0);
        StringBuilder text = new StringBuilder();
        for (int token : ByteTokenizer.encode("a<end>b")) {
            text.append(detokenizer.append(token));
        }
        assertThat(text).hasToString("a");
        assertThat(detokenizer.matchedStop()).isEqualTo("<end>");
    }

    /** a, the special token, b, c. */
    private static String textOfABracketedByEnd(String stop, boolean includeStop) {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(new ByteTokenizer(), List.of(stop), includeStop, 0);
        StringBuilder text = new StringBuilder();
        for (int token : new int[] {'a', ByteTokenizer.END, 'b', 'c'}) {
            text.append(detokenizer.append(token));
        }
        text.append(detokenizer.finish());
        assertThat(detokenizer.matchedStop()).isEqualTo(stop);
        return text.toString();
    }

    /** Token i is the byte i; one more is special. */
    private static class ByteTokenizer implements Tokenizer {
        static final int END = 256;

        static int[] encode(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public int[] encodeText(String text) {
            return encode(text);
        }

        @Override
        public int[] encodeTemplate(List<TemplatePart> parts) {
            return parts.stream()
                    .flatMap(part -> Arrays.stream(part.text().split("(?=<end>)|(?<=<end>)")))
                    .flatMapToInt(piece -> piece.equals("<end>") ? IntStream.of(END) : Arrays.stream(encode(piece)))
                    .toArray();
        }

        @Override
        public byte[] bytesOf(int tokenId) {
            return tokenId == END ? new byte[0] : new byte[] {(byte) tokenId};
        }

        @Override
        public String textOf(int tokenId) {
            return tokenId == END ? "<end>" : new String(bytesOf(tokenId), StandardCharsets.UTF_8);
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return tokenId == END;
        }

        @Override
        public int size() {
            return 257;
        }

        @Override
        public void close() {}
    }

    /** Tokens 0, 1 and 2 are a text's bytes up to the first cut, up to the second, and the rest. */
    private static final class PieceTokenizer extends ByteTokenizer {
        private final byte[] bytes;
        private final int[] cut;

        PieceTokenizer(String text, int[] cut) {
            this.bytes = text.getBytes(StandardCharsets.UTF_8);
            this.cut = cut;
        }

        @Override
        public byte[] bytesOf(int tokenId) {
            return Arrays.copyOfRange(
                    bytes, tokenId == 0 ? 0 : cut[tokenId - 1], tokenId == 2 ? bytes.length : cut[tokenId]);
        }
    }
}
