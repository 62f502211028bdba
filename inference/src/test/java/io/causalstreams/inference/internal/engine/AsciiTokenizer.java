package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.List;

/** One token per printable ASCII character: token 2 is the space, 3 is '!', …; 0 ends a sequence, 1 is control too. */
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
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.text()));
        return encodeText(text.toString());
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
