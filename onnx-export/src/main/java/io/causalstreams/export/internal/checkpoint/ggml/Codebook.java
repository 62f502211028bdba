package io.causalstreams.export.internal.checkpoint.ggml;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A table of short vectors of small integers, chosen by ggml's authors ({@code iq*_grid} of {@code ggml-common.h}).
 *
 * <p>The resource {@code codebooks.txt} has a line for each: its name, and its entries in hexadecimal, as gguf-py packs them:
 * places in the list of values, of two bits (three values) or four (eight), the first in the lowest bits of a byte.
 */
final class Codebook {
    static final Codebook IQ1 = new Codebook("IQ1", 8, -1, 0, 1);
    static final Codebook IQ2_XXS = new Codebook("IQ2_XXS", 8, 0x08, 0x19, 0x2b);
    static final Codebook IQ2_XS = new Codebook("IQ2_XS", 8, 0x08, 0x19, 0x2b);
    static final Codebook IQ2_S = new Codebook("IQ2_S", 8, 0x08, 0x19, 0x2b);
    static final Codebook IQ3_XXS = new Codebook("IQ3_XXS", 4, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3e);
    static final Codebook IQ3_S = new Codebook("IQ3_S", 4, 1, 3, 5, 7, 9, 11, 13, 15);

    private final int length;
    private final byte[] entries;

    private Codebook(String name, int length, int... values) {
        this.length = length;
        byte[] packed = HexFormat.of().parseHex(line(name));
        int bits = values.length > 4 ? 4 : 2;
        int perByte = 8 / bits;
        this.entries = new byte[packed.length * perByte];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (byte) values[(packed[i / perByte] >> (bits * (i % perByte))) & ((1 << bits) - 1)];
        }
    }

    /** Numbers of one entry. */
    int length() {
        return length;
    }

    /** Number {@code i} of entry {@code index}. */
    int get(int index, int i) {
        return entries[index * length + i];
    }

    private static String line(String name) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Codebook.class.getResourceAsStream("codebooks.txt")),
                StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
