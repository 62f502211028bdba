package io.causalstreams.inference.internal.text;

import ai.djl.huggingface.tokenizers.Encoding;
import io.causalstreams.inference.GenerationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A {@code tokenizer.json} run by the Hugging Face tokenizers library.
 *
 * <p>The library only ever sees plain text, through a model in which no text encodes to a special token
 * ({@link PlainTextModel}); the special tokens of a rendered template are found here ({@link SpecialTokenSplitter}). So
 * a message that spells {@code <|im_end|>} cannot end its turn, and a template tokenizes exactly as its text would as a
 * whole.
 */
public final class HuggingFaceEncoder implements TextEncoder {
    private static final String WORD_START = "▁";
    private static final Map<String, String> ENCODE_ONLY =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer plainText;
    private final SpecialTokenSplitter splitter;
    private final boolean prependsFirst;
    /** Beginnings of a text that take no mark: the mark itself, a space, and added tokens. */
    private final List<String> alreadyMarked = new ArrayList<>(List.of(WORD_START, " "));

    private HuggingFaceEncoder(TokenizerFile file, ai.djl.huggingface.tokenizers.HuggingFaceTokenizer plainText) {
        this.plainText = plainText;
        this.splitter = new SpecialTokenSplitter(file.specialTokens());
        this.prependsFirst = PlainTextModel.prependsFirst(file);
        file.addedTokens().stream()
                .filter(token -> !token.special())
                .forEach(token -> alreadyMarked.add(token.content()));
    }

    /**
     * Opens the tokenizer of a model directory for reading text alone, whatever it would need to write some.
     *
     * @param directory holds {@code tokenizer.json} and, optionally, {@code tokenizer_config.json}
     * @throws GenerationException.Failed if it is missing or not supported; the message names the file
     */
    public static HuggingFaceEncoder open(Path directory) {
        return open(directory, TokenizerFile.read(directory));
    }

    static HuggingFaceEncoder open(Path directory, TokenizerFile file) {
        // The native library is in the jar: without this DJL looks for a GPU and may download another build for it.
        if (System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
        byte[] json = PlainTextModel.of(file).getBytes(StandardCharsets.UTF_8);
        try {
            return new HuggingFaceEncoder(
                    file,
                    ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                            new ByteArrayInputStream(json), ENCODE_ONLY));
        } catch (IOException | RuntimeException e) {
            throw notSupported(directory, e);
        }
    }

    static GenerationException.Failed notSupported(Path directory, Exception cause) {
        return new GenerationException.Failed(
                directory.resolve("tokenizer.json") + " is not a tokenizer this version can run: " + cause.getMessage(),
                cause);
    }

    @Override
    public int[] encodeText(String text) {
        return encodeTemplate(List.of(new Tokenizer.TemplatePart(text, false)));
    }

    @Override
    public int[] encodeTemplate(List<Tokenizer.TemplatePart> parts) {
        return splitter.split(parts).stream().flatMapToInt(this::encode).toArray();
    }

    private IntStream encode(SpecialTokenSplitter.Piece piece) {
        if (piece instanceof SpecialTokenSplitter.Piece.Special token) {
            return IntStream.of(token.tokenId());
        }
        SpecialTokenSplitter.Piece.Text text = (SpecialTokenSplitter.Piece.Text) piece;
        Encoding encoding = plainText.encode(prepared(text), false, false);
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact);
    }

    /** Marks the beginning of a text as the beginning of a word where the tokenizer wants that, unless it is marked. */
    private String prepared(SpecialTokenSplitter.Piece.Text piece) {
        String text = piece.text();
        boolean marks = prependsFirst && piece.first() && alreadyMarked.stream().noneMatch(text::startsWith);
        return marks ? WORD_START + text : text;
    }

    /** Frees the native model. */
    @Override
    public void close() {
        plainText.close();
    }
}
