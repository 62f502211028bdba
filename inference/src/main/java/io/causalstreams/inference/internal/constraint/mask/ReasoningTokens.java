package io.causalstreams.inference.internal.constraint.mask;

import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens of a model's reasoning tags. Where a tag is no token of its own, it is found in the bytes of several.
 *
 * <p>Threading: any thread; what it gives is shared, and must not be changed.
 */
public final class ReasoningTokens {
    private final Tokenizer tokenizer;
    private final byte[] close;
    private final int[] open;
    private final int[] closing;
    private final BitSet all;
    private final BitSet lineBreaks;
    /** By how many bytes of the closing tag stand before a token. */
    private final Map<Integer, BitSet> allButClosingAndMore = new ConcurrentHashMap<>();

    /** @param sampleable ids that can be chosen */
    public ReasoningTokens(AnswerSyntax.Tags tags, Tokenizer tokenizer, int sampleable) {
        this.tokenizer = tokenizer;
        this.close = tags.close().getBytes(StandardCharsets.UTF_8);
        this.open = encode(tags.open());
        this.closing = encode(tags.close());
        this.all = new BitSet();
        all.set(0, sampleable);
        this.lineBreaks = new BitSet();
        for (int token = 0; token < sampleable; token++) {
            byte[] bytes = tokenizer.bytesOf(token);
            if (bytes.length > 0 && lineBreaksFrom(bytes, 0)) {
                lineBreaks.set(token);
            }
        }
    }

    private int[] encode(String text) {
        return tokenizer.encodeTemplate(List.of(new TemplatePart(text, true)));
    }

    /** Token {@code index} of the opening tag. */
    int open(int index) {
        return open[index];
    }

    int openLength() {
        return open.length;
    }

    /** Token {@code index} of the closing tag. */
    int closing(int index) {
        return closing[index];
    }

    int closingLength() {
        return closing.length;
    }

    /** Every token. */
    BitSet all() {
        return all;
    }

    /** Tokens that are nothing but line breaks. */
    BitSet lineBreaks() {
        return lineBreaks;
    }

    /** {@code tail} and what the token adds to the text. */
    byte[] append(byte[] tail, int token) {
        byte[] bytes = bytes(token);
        byte[] text = Arrays.copyOf(tail, tail.length + bytes.length);
        System.arraycopy(bytes, 0, text, tail.length, bytes.length);
        return text;
    }

    /** Whether the closing tag is in {@code text}. */
    boolean closes(byte[] text) {
        return end(text) >= 0;
    }

    /** The end of {@code text} that may be the beginning of the closing tag. */
    byte[] tail(byte[] text) {
        for (int length = Math.min(close.length - 1, text.length); length > 0; length--) {
            if (Arrays.equals(text, text.length - length, text.length, close, 0, length)) {
                return Arrays.copyOfRange(text, text.length - length, text.length);
            }
        }
        return new byte[0];
    }

    /** Every token that does not, behind {@code tail}, hold the closing tag with more than line breaks after it. */
    BitSet allButClosingAndMore(byte[] tail) {
        return allButClosingAndMore.computeIfAbsent(tail.length, length -> {
            BitSet allowed = (BitSet) all.clone();
            for (int token = all.nextSetBit(0); token >= 0; token = all.nextSetBit(token + 1)) {
                byte[] text = append(tail, token);
                int end = end(text);
                if (end >= 0 && !lineBreaksFrom(text, end)) {
                    allowed.clear(token);
                }
            }
            return allowed;
        });
    }

    /** Where the closing tag ends in {@code text}; -1 if it is not there. */
    private int end(byte[] text) {
        for (int at = 0; at + close.length <= text.length; at++) {
            if (Arrays.equals(text, at, at + close.length, close, 0, close.length)) {
                return at + close.length;
            }
        }
        return -1;
    }

    /** A special token that is a tag stands for its name. */
    private byte[] bytes(int token) {
        return tokenizer.isSpecial(token)
                ? tokenizer.textOf(token).getBytes(StandardCharsets.UTF_8)
                : tokenizer.bytesOf(token);
    }

    private static boolean lineBreaksFrom(byte[] text, int from) {
        for (int at = from; at < text.length; at++) {
            if (text[at] != '\n') {
                return false;
            }
        }
        return true;
    }
}
