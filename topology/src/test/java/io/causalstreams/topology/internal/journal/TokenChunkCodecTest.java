package io.causalstreams.topology.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.TokenLogprob.Alternative;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenChunkCodecTest {
    /** Choice 1, token 7 "hi", logprob -0.5, rank 2, alternative 3 "ho" -0.25, as versions before token bytes wrote it. */
    private static final String WITHOUT_BYTES =
            "030107036869" + "0703" + "6869" + "bfe0000000000000" + "0201" + "0303" + "686f" + "bfd0000000000000";

    private static final TokenLogprob PLAIN =
            new TokenLogprob(7, "hi", -0.5, 2, List.of(new Alternative(3, "ho", -0.25)));

    @Test
    void shouldReadAndWriteEntriesOfPlainTokensAsEver() {
        List<TokenChunk> chunks = List.of(new TokenChunk(1, 0, List.of(7), "hi", List.of(PLAIN)));
        assertThat(decoded(HexFormat.of().parseHex(WITHOUT_BYTES))).isEqualTo(chunks);
        assertThat(HexFormat.of().formatHex(TokenChunkCodec.encode(chunks))).isEqualTo(WITHOUT_BYTES);
    }

    @Test
    void shouldKeepTheBytesOfTokensThatAreNoWholeCharacters() {
        TokenLogprob first = new TokenLogprob(
                4, "\ufffd", List.of(0xf0, 0x9f), -1, 1, List.of(new Alternative(5, "\ufffd", List.of(0x99), -2)));
        TokenLogprob rest = new TokenLogprob(6, "\ufffd", List.of(0x99, 0x82), -1, 1, List.of());
        TokenLogprob special = new TokenLogprob(2, "<|im_end|>", List.of(), -1, 1, List.of());
        List<TokenChunk> chunks = List.of(
                new TokenChunk(127, 0, List.of(4, 6, 7, 2), "\ud83d\ude42hi", List.of(first, rest, PLAIN, special)));
        assertThat(decoded(TokenChunkCodec.encode(chunks))).isEqualTo(chunks);
    }

    private static List<TokenChunk> decoded(byte[] bytes) {
        List<TokenChunk> chunks = new ArrayList<>();
        TokenChunkCodec.decodeInto(chunks, bytes);
        return chunks;
    }
}
