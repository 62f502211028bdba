package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.TokenLogprob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Published tokens as bytes: per choice the token ids, text and, when they were asked for, log-probabilities.
 *
 * <p>Token indices are not stored: chunks of a choice follow one another without a gap. The head of a choice is
 * {@code choice * 2 + scored}, and more for what earlier releases did not have: parts where the text is more than what is
 * said, bytes where those of a scored token are not its text's. An answer without them is stored as those releases did.
 */
final class TokenChunkCodec {

    /** Added to the head of chunks with parts; more than any head without. */
    private static final int WITH_PARTS = 1024;

    /** Added to the head of chunks with bytes; more than the heads of the 128 choices a request can have. */
    private static final int WITH_BYTES = 256;

    private TokenChunkCodec() {}

    static byte[] encode(List<TokenChunk> chunks) {
        Map<Integer, List<TokenChunk>> byChoice = new TreeMap<>();
        chunks.forEach(chunk -> byChoice.computeIfAbsent(chunk.choice(), choice -> new ArrayList<>())
                .add(chunk));
        ByteWriter out = new ByteWriter();
        byChoice.forEach((choice, all) -> write(out, choice, all));
        return out.toByteArray();
    }

    /** The chunks of a choice as one: small heads are what makes one token at a time cheap. */
    private static void write(ByteWriter out, int choice, List<TokenChunk> chunks) {
        boolean scored = chunks.get(0).logprobs() != null;
        int tokens = chunks.stream().mapToInt(chunk -> chunk.tokenIds().size()).sum();
        String text = chunks.stream().map(TokenChunk::text).collect(Collectors.joining());
        List<AnswerPart> parts = AnswerPart.joined(
                chunks.stream().flatMap(chunk -> chunk.parts().stream()).toList());
        boolean withParts = !parts.equals(AnswerPart.ofText(text));
        boolean ownBytes = scored && chunks.stream().anyMatch(TokenChunkCodec::hasOwnBytes);
        out.varint((withParts ? WITH_PARTS : 0) + (ownBytes ? WITH_BYTES : 0) + choice * 2L + (scored ? 1 : 0))
                .varint(tokens);
        chunks.forEach(chunk -> chunk.tokenIds().forEach(out::varint));
        out.string(text);
        if (scored) {
            for (TokenChunk chunk : chunks) {
                Objects.requireNonNull(chunk.logprobs()).forEach(each -> write(out, each, ownBytes));
            }
        }
        if (withParts) {
            AnswerPartCodec.write(out, parts);
        }
    }

    /** Appends the chunks in {@code bytes}; indices count on from those already in {@code chunks}. */
    static void decodeInto(List<TokenChunk> chunks, byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        while (in.hasRemaining()) {
            int coded = in.int32();
            boolean withParts = coded >= WITH_PARTS;
            boolean ownBytes = coded % WITH_PARTS >= WITH_BYTES;
            int head = coded % WITH_BYTES;
            int choice = head / 2;
            int count = in.int32();
            List<Integer> ids = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                ids.add(in.int32());
            }
            String text = in.string();
            List<TokenLogprob> logprobs = head % 2 == 0 ? null : readLogprobs(in, count, ownBytes);
            List<AnswerPart> parts = withParts ? AnswerPartCodec.read(in) : AnswerPart.ofText(text);
            chunks.add(new TokenChunk(choice, tokensOf(choice, chunks), ids, text, logprobs, parts));
        }
    }

    private static int tokensOf(int choice, List<TokenChunk> chunks) {
        for (int i = chunks.size() - 1; i >= 0; i--) {
            TokenChunk chunk = chunks.get(i);
            if (chunk.choice() == choice) {
                return chunk.tokenIndex() + chunk.tokenIds().size();
            }
        }
        return 0;
    }

    private static boolean hasOwnBytes(TokenChunk chunk) {
        return Objects.requireNonNull(chunk.logprobs()).stream()
                .anyMatch(each -> isOwn(each.text(), each.bytes())
                        || each.alternatives().stream().anyMatch(other -> isOwn(other.text(), other.bytes())));
    }

    private static boolean isOwn(String text, List<Integer> bytes) {
        return !TokenLogprob.utf8(text).equals(bytes);
    }

    private static void write(ByteWriter out, TokenLogprob logprob, boolean ownBytes) {
        out.varint(logprob.tokenId()).string(logprob.text()).float64(logprob.logprob());
        writeBytes(out, logprob.text(), logprob.bytes(), ownBytes);
        out.varint(logprob.rank()).varint(logprob.alternatives().size());
        for (TokenLogprob.Alternative each : logprob.alternatives()) {
            out.varint(each.tokenId()).string(each.text()).float64(each.logprob());
            writeBytes(out, each.text(), each.bytes(), ownBytes);
        }
    }

    /** Null where the bytes are the text's. */
    private static void writeBytes(ByteWriter out, String text, List<Integer> bytes, boolean ownBytes) {
        if (ownBytes) {
            out.bytes(isOwn(text, bytes) ? signed(bytes) : null);
        }
    }

    private static byte[] signed(List<Integer> bytes) {
        byte[] signed = new byte[bytes.size()];
        for (int i = 0; i < signed.length; i++) {
            signed[i] = bytes.get(i).byteValue();
        }
        return signed;
    }

    private static List<Integer> readBytes(ByteReader in, String text, boolean ownBytes) {
        byte[] bytes = ownBytes ? in.bytes() : null;
        return bytes == null ? TokenLogprob.utf8(text) : TokenLogprob.unsigned(bytes);
    }

    private static @Nullable List<TokenLogprob> readLogprobs(ByteReader in, int count, boolean ownBytes) {
        List<TokenLogprob> logprobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int id = in.int32();
            String text = in.string();
            double logprob = in.float64();
            List<Integer> bytes = readBytes(in, text, ownBytes);
            int rank = in.int32();
            int size = in.int32();
            List<TokenLogprob.Alternative> alternatives = new ArrayList<>(size);
            for (int k = 0; k < size; k++) {
                alternatives.add(readAlternative(in, ownBytes));
            }
            logprobs.add(new TokenLogprob(id, text, bytes, logprob, rank, alternatives));
        }
        return logprobs;
    }

    private static TokenLogprob.Alternative readAlternative(ByteReader in, boolean ownBytes) {
        int id = in.int32();
        String text = in.string();
        double logprob = in.float64();
        return new TokenLogprob.Alternative(id, text, readBytes(in, text, ownBytes), logprob);
    }
}
