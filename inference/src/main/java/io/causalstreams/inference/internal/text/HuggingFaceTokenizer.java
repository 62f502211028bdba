package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.GenerationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A {@code tokenizer.json}: text is read by {@link HuggingFaceEncoder}, bytes of tokens come from the file ({@link TokenBytes});
 * nothing is decoded natively.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
    private final HuggingFaceEncoder encoder;
    private final TokenBytes bytes;
    private final List<String> contents;
    private final Set<Integer> special = new HashSet<>();

    private HuggingFaceTokenizer(TokenizerFile file, TokenBytes bytes, HuggingFaceEncoder encoder) {
        this.encoder = encoder;
        this.bytes = bytes;
        this.contents = file.contents();
        file.specialTokens().forEach(token -> special.add(token.id()));
    }

    /**
     * Opens the tokenizer of a model directory.
     *
     * @param directory holds {@code tokenizer.json} and, optionally, {@code tokenizer_config.json}
     * @throws GenerationException.Failed if it is missing or not supported; the message names the file
     */
    public static HuggingFaceTokenizer open(Path directory) {
        TokenizerFile file = TokenizerFile.read(directory);
        TokenBytes bytes;
        try {
            bytes = new TokenBytes(file);
        } catch (RuntimeException e) {
            throw HuggingFaceEncoder.notSupported(directory, e);
        }
        return new HuggingFaceTokenizer(file, bytes, HuggingFaceEncoder.open(directory, file));
    }

    @Override
    public int[] encodeText(String text) {
        return encoder.encodeText(text);
    }

    @Override
    public int[] encodeTemplate(List<TemplatePart> parts) {
        return encoder.encodeTemplate(parts);
    }

    @Override
    public byte[] bytesOf(int tokenId) {
        return bytes.of(tokenId);
    }

    @Override
    public byte[] bytesAtStart(int tokenId) {
        return bytes.atStart(tokenId);
    }

    @Override
    public String textOf(int tokenId) {
        return isSpecial(tokenId) ? contents.get(tokenId) : new String(bytesOf(tokenId), StandardCharsets.UTF_8);
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return special.contains(tokenId);
    }

    @Override
    public int size() {
        return contents.size();
    }

    /** Frees the native model. */
    @Override
    public void close() {
        encoder.close();
    }
}
