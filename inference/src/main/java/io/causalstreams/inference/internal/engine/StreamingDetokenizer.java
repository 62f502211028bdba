package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands in for the text package's detokenizer until that is there: shows each token alone, knows no stop strings. */
final class StreamingDetokenizer {
    private final Tokenizer tokenizer;

    @SuppressWarnings("UnusedVariable")
    StreamingDetokenizer(Tokenizer tokenizer, List<String> stop, boolean includeStop, int minTokens) {
        this.tokenizer = tokenizer;
    }

    String append(int tokenId) {
        return new String(tokenizer.bytesOf(tokenId), StandardCharsets.UTF_8);
    }

    @Nullable
    String matchedStop() {
        return null;
    }

    String finish() {
        return "";
    }
}
