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
 * <p>Token indices are not stored: chunks of a choice follow one another without a gap. Parts are stored where the text is
 * more than what is said; so an answer without them is stored as releases before them did.
 */
final class TokenChunkCodec {

    /** Added to the head of chunks with parts; more than any head without. */
    private static final int WITH_PARTS = 1024;

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
        out.varint((withParts ? WITH_PARTS : 0) + choice * 2L + (scored ? 1 : 0))
                .varint(tokens);
        chunks.forEach(chunk -> chunk.tokenIds().forEach(out::varint));
        out.string(text);
        if (scored) {
            for (TokenChunk chunk : chunks) {
                Objects.requireNonNull(chunk.logprobs()).forEach(each -> write(out, each));
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
            int head = withParts ? coded - WITH_PARTS : coded;
            int choice = head / 2;
            int count = in.int32();
            List<Integer> ids = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                ids.add(in.int32());
            }
            String text = in.string();
            List<TokenLogprob> logprobs = head % 2 == 0 ? null : readLogprobs(in, count);
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

    private static void write(ByteWriter out, TokenLogprob logprob) {
        out.varint(logprob.tokenId()).string(logprob.text()).float64(logprob.logprob());
        out.varint(logprob.rank()).varint(logprob.alternatives().size());
        for (TokenLogprob.Alternative each : logprob.alternatives()) {
            out.varint(each.tokenId()).string(each.text()).float64(each.logprob());
        }
    }

    private static @Nullable List<TokenLogprob> readLogprobs(ByteReader in, int count) {
        List<TokenLogprob> logprobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int id = in.int32();
            String text = in.string();
            double logprob = in.float64();
            int rank = in.int32();
            int size = in.int32();
            List<TokenLogprob.Alternative> alternatives = new ArrayList<>(size);
            for (int k = 0; k < size; k++) {
                alternatives.add(new TokenLogprob.Alternative(in.int32(), in.string(), in.float64()));
            }
            logprobs.add(new TokenLogprob(id, text, logprob, rank, alternatives));
        }
        return logprobs;
    }
}
