package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One token per printable ASCII character: token 2 is the space, 3 is '!', …; 0 ends a sequence, 1 is control too; their names are {@code <0>} and {@code <1>}. */
class AsciiTokenizer implements Tokenizer {
    static final int SIZE = 97;

    static int token(char character) {
        return character - ' ' + 2;
    }

    @Override
    public int[] encodeText(String text) {
        return text.chars().map(character -> token((char) character)).toArray();
    }

    @Override
    public int[] encodeTemplate(List<TemplatePart> parts) {
        return parts.stream()
                .flatMapToInt(
                        part -> Arrays.stream(part.control() ? encodeNames(part.text()) : encodeText(part.text())))
                .toArray();
    }

    private int[] encodeNames(String text) {
        return Arrays.stream(text.split("(?=<[01]>)|(?<=<[01]>)"))
                .flatMapToInt(piece -> piece.matches("<[01]>")
                        ? IntStream.of(piece.charAt(1) - '0')
                        : Arrays.stream(encodeText(piece)))
                .toArray();
    }

    @Override
    public byte[] bytesOf(int tokenId) {
        return isSpecial(tokenId) ? new byte[0] : new byte[] {(byte) (tokenId - 2 + ' ')};
    }

    @Override
    public String textOf(int tokenId) {
        return isSpecial(tokenId) ? "<" + tokenId + ">" : String.valueOf((char) (tokenId - 2 + ' '));
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return tokenId < 2;
    }

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public void close() {}
}
