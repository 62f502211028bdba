package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes one token's text as bytes, as the {@code decoder} of {@code tokenizer.json} would.
 *
 * <p>Two families: byte-level BPE, whose tokens are spelled in GPT-2's alphabet of 256 printable characters, and
 * SentencePiece, whose spaces are {@code ▁} and whose unknown bytes are tokens like {@code <0xE5>}.
 */
final class PieceDecoder {
    private final Map<String, String> replacements = new LinkedHashMap<>();
    private boolean byteLevel;
    private boolean byteFallback;
    private int spacesDroppedAtStart;

    /** @throws GenerationException.Failed if a step of the decoder is not known */
    PieceDecoder(JsonNode decoder) {
        addStep(decoder);
    }

    private void addStep(JsonNode step) {
        String type = step.path("type").asText();
        switch (type) {
            case "Sequence" -> step.path("decoders").forEach(this::addStep);
            case "ByteLevel" -> byteLevel = true;
            case "ByteFallback" -> byteFallback = true;
            case "Replace" ->
                replacements.put(
                        step.at("/pattern/String").asText(),
                        step.path("content").asText());
            case "Metaspace" -> {
                replacements.put(step.path("replacement").asText("▁"), " ");
                if (!step.path("prepend_scheme").asText().equals("never")) {
                    spacesDroppedAtStart = Integer.MAX_VALUE;
                }
            }
            case "Strip" -> spacesDroppedAtStart = step.path("start").asInt();
            case "Fuse", "" -> {}
            default ->
                throw new GenerationException.Failed(
                        "tokenizer.json: decoder " + type + " is not supported; it must be byte-level or metaspace",
                        null);
        }
    }

    /** How many spaces at the beginning of a text belong to the spelling of its first word, not to the text. */
    int spacesDroppedAtStart() {
        return spacesDroppedAtStart;
    }

    byte[] decode(String piece) {
        if (byteLevel && ByteLevelAlphabet.spells(piece)) {
            return ByteLevelAlphabet.bytes(piece);
        }
        if (byteFallback && piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">")) {
            return new byte[] {(byte) Integer.parseInt(piece, 3, 5, 16)};
        }
        String text = piece;
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            text = text.replace(replacement.getKey(), replacement.getValue());
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
