package io.causalstreams.inference.internal.constraint;

import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/** Writes texts under a constraint without a model. */
public final class Writer {

    private static final int MAX_TOKENS = 20_000;

    private final Vocabulary vocabulary;
    private final RandomGenerator random;

    public Writer(Vocabulary vocabulary, RandomGenerator random) {
        this.vocabulary = vocabulary;
        this.random = random;
    }

    /** A text of random allowed tokens; after {@code budget} tokens it prefers what closes strings, objects and arrays. */
    public String write(TokenConstraint constraint, int budget) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        TokenConstraint.State state = constraint.start();
        for (int count = 0; count < MAX_TOKENS; count++) {
            BitSet allowed = state.allowed();
            boolean stop = allowed.isEmpty() || count >= budget || random.nextInt(4) == 0;
            if (state.accepting() && stop) {
                return decode(text.toByteArray());
            }
            if (allowed.isEmpty()) {
                throw new AssertionError("no way on after " + text.toString(StandardCharsets.UTF_8));
            }
            int token = count < budget ? any(allowed) : closing(allowed);
            text.writeBytes(vocabulary.bytesOf(token));
            state = state.after(token);
        }
        throw new AssertionError("does not end: " + text.toString(StandardCharsets.UTF_8));
    }

    /** Fails on bytes that are not UTF-8, also where a decoder would put U+FFFD. */
    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("not UTF-8: " + new String(bytes, StandardCharsets.UTF_8), e);
        }
    }

    private int any(BitSet allowed) {
        return allowed.stream()
                .skip(random.nextInt(allowed.cardinality()))
                .findFirst()
                .orElseThrow();
    }

    private int closing(BitSet allowed) {
        int best = -1;
        for (int token = allowed.nextSetBit(0); token >= 0; token = allowed.nextSetBit(token + 1)) {
            byte[] bytes = vocabulary.bytesOf(token);
            if (bytes.length == 1 && "\"}]:".indexOf(bytes[0]) >= 0 && random.nextInt(10) > 0) {
                if (best < 0 || rank(bytes[0]) < rank(vocabulary.bytesOf(best)[0])) {
                    best = token;
                }
            }
        }
        return best >= 0 ? best : any(allowed);
    }

    private static int rank(byte value) {
        return "\"}]:".indexOf(value);
    }

    /** Whether the text, byte by byte, leads to a place where it may end. */
    public static boolean accepts(TokenConstraint constraint, TestVocabulary vocabulary, String text) {
        TokenConstraint.State state = constraint.start();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            int token = vocabulary.singleByte(value & 0xFF);
            if (token < 0 || !state.allowed().get(token)) {
                return false;
            }
            state = state.after(token);
        }
        return state.accepting();
    }
}
