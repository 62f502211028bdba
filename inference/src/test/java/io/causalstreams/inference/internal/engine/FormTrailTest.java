package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.text.StreamingDetokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormTrailTest {

    /** Two bytes, three, one and four, so that tokens begin and end inside characters. */
    private static final String TEXT = "é日x😀é";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 12})
    void shouldTellWhereATextHasItsFormHoweverItIsCutIntoTokens(int tokenBytes) {
        // Given: a form of one, three or five characters
        Pieces tokenizer = new Pieces(TEXT.getBytes(StandardCharsets.UTF_8), tokenBytes);
        TokenConstraint form = new ConstraintCompiler(Vocabulary.of(tokenizer))
                .compile(new OutputConstraint.Regex("\\P{Z}(\\P{Z}{2}){0,2}"));
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(tokenizer, List.of("never there"), false, 0);
        FormTrail trail = new FormTrail(tokenizer, 5);
        TokenConstraint.State state = form.start();

        // When
        for (int token = 0; token < tokenizer.texts(); token++) {
            trail.add(new FormTrail.Step(
                    state, token, tokenizer.bytesOf(token), detokenizer.symbols(), detokenizer.isInsideCharacter()));
            detokenizer.append(token);
            state = state.after(token);
        }

        // Then: the first place lies further back than a stop string of five characters that ends here begins
        for (int place = 1; place <= 5; place++) {
            assertThat(trail.isComplete(place))
                    .as("in front of character " + place)
                    .isEqualTo(place % 2 == 1);
        }
    }

    /** A text cut into tokens of some bytes; behind them all single bytes. */
    private record Pieces(List<byte[]> pieces, int texts) implements Tokenizer {

        Pieces(byte[] text, int length) {
            this(pieces(text, length), (text.length + length - 1) / length);
        }

        private static List<byte[]> pieces(byte[] text, int length) {
            List<byte[]> all = new ArrayList<>();
            for (int from = 0; from < text.length; from += length) {
                all.add(Arrays.copyOfRange(text, from, Math.min(text.length, from + length)));
            }
            for (int value = 0; value < 256; value++) {
                all.add(new byte[] {(byte) value});
            }
            return all;
        }

        @Override
        public int[] encodeText(String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int[] encodeTemplate(List<TemplatePart> parts) {
            return new int[0];
        }

        @Override
        public byte[] bytesOf(int tokenId) {
            return pieces.get(tokenId);
        }

        @Override
        public String textOf(int tokenId) {
            return "";
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return false;
        }

        @Override
        public int size() {
            return pieces.size();
        }

        @Override
        public void close() {}
    }
}
