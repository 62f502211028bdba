package io.causalstreams.inference.internal.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes UTF-8 that arrives in pieces cut anywhere. An incomplete character waits for its rest; bytes that can never
 * become one are replaced by U+FFFD exactly as {@code new String(bytes, UTF_8)} would over the whole. Not thread-safe.
 */
final class Utf8Decoder {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] incomplete = new byte[0];

    /** The characters these bytes complete. */
    String append(byte[] bytes) {
        if (incomplete.length == 0 && isAscii(bytes)) {
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        byte[] input = bytes;
        if (incomplete.length > 0) {
            input = Arrays.copyOf(incomplete, incomplete.length + bytes.length);
            System.arraycopy(bytes, 0, input, incomplete.length, bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(input);
        CharBuffer out = CharBuffer.allocate(input.length);
        decoder.reset().decode(in, out, false);
        incomplete = Arrays.copyOfRange(input, in.position(), input.length);
        return out.flip().toString();
    }

    /** Whether the bytes so far end inside a character. */
    boolean isInsideCharacter() {
        return incomplete.length > 0;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte value : bytes) {
            if (value < 0) {
                return false;
            }
        }
        return true;
    }
}
