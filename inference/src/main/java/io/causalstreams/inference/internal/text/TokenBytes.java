package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.GenerationException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** The bytes of every token, decoded once. Immutable. */
final class TokenBytes {
    private final byte[] bytes;
    /** Token i is {@code bytes[starts[i]..starts[i + 1])}; the last entry is the end. */
    private final int[] starts;

    private final int spacesDroppedAtStart;

    /** @throws GenerationException.Failed if the tokenizer's decoder is not supported */
    TokenBytes(TokenizerFile file) {
        PieceDecoder decoder = new PieceDecoder(file.root().path("decoder"));
        spacesDroppedAtStart = decoder.spacesDroppedAtStart();
        Set<Integer> special = new HashSet<>();
        file.specialTokens().forEach(token -> special.add(token.id()));
        int size = file.contents().size();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        starts = new int[size + 1];
        for (int id = 0; id < size; id++) {
            if (!special.contains(id)) {
                all.writeBytes(decoder.decode(file.contents().get(id)));
            }
            starts[id + 1] = all.size();
        }
        bytes = all.toByteArray();
    }

    /** Empty for special tokens and for ids the tokenizer does not have. */
    byte[] of(int id) {
        return from(id, 0);
    }

    /** The same without the spaces that a first word is spelled with. */
    byte[] atStart(int id) {
        return from(id, spacesDroppedAtStart);
    }

    private byte[] from(int id, int droppableSpaces) {
        if (id < 0 || id >= starts.length - 1) {
            return new byte[0];
        }
        int start = starts[id];
        int end = starts[id + 1];
        for (int dropped = 0; dropped < droppableSpaces && start < end && bytes[start] == ' '; dropped++) {
            start++;
        }
        return Arrays.copyOfRange(bytes, start, end);
    }
}
