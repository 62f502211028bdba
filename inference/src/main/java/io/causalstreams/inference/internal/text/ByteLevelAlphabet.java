package io.causalstreams.inference.internal.text;

import java.util.Arrays;

/**
 * The alphabet in which byte-level BPE spells bytes: printable Latin-1 characters stand for themselves, the other 68
 * bytes, in order, for the characters from U+0100 on. So a space is {@code Ġ} (GPT-2, {@code bytes_to_unicode}).
 */
final class ByteLevelAlphabet {
    private static final int FIRST_STAND_IN = 0x100;
    /** byte by character; -1 for characters outside of the alphabet. */
    private static final short[] BYTES = bytesByCharacter();

    private ByteLevelAlphabet() {}

    /** Whether every character is in the alphabet; an added token may have others, and then stands for itself. */
    static boolean spells(String piece) {
        return piece.chars().allMatch(c -> c < BYTES.length && BYTES[c] >= 0);
    }

    static byte[] bytes(String piece) {
        byte[] bytes = new byte[piece.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) BYTES[piece.charAt(i)];
        }
        return bytes;
    }

    private static short[] bytesByCharacter() {
        short[] bytes = new short[FIRST_STAND_IN + 68];
        Arrays.fill(bytes, (short) -1);
        int standIn = FIRST_STAND_IN;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            bytes[printable ? b : standIn++] = (short) b;
        }
        return bytes;
    }
}
