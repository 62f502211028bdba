package io.causalstreams.inference.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the tokens of one completion into text deltas that can be shown at once.
 *
 * <p>A delta never ends inside a character and never shows what may be the beginning of a stop string; both are held
 * back until later tokens decide. The deltas are a function of the token sequence alone, so a replay gives the same.
 *
 * <p>The stop string whose last character comes first ends the text, the longest if several end there: this does not
 * depend on how the text is cut into tokens. A stop string counts when it ends after the first {@code minTokens} tokens;
 * it may begin before.
 *
 * <p>Cost: proportional to the token's text. Threading: one thread at a time.
 */
public final class StreamingDetokenizer {
    private final Tokenizer tokenizer;
    private final List<String> stops;
    private final boolean includeStop;
    private final int minTokens;
    private final Set<Integer> shown;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StopStringMatcher matcher;
    /** Decoded but not yet shown. */
    private final StringBuilder held = new StringBuilder();

    private int tokens;
    private boolean atStart = true;
    private @Nullable String matchedStop;

    /** Shows no special token. */
    public StreamingDetokenizer(Tokenizer tokenizer, List<String> stop, boolean includeStop, int minTokens) {
        this(tokenizer, stop, includeStop, minTokens, Set.of());
    }

    /**
     * @param stop strings that end the text, none empty
     * @param includeStop whether the text ends with the stop string or in front of it
     * @param minTokens a stop string that ends within the first {@code minTokens} tokens does not count
     * @param shown special tokens that are part of the text, by their names
     */
    public StreamingDetokenizer(
            Tokenizer tokenizer, List<String> stop, boolean includeStop, int minTokens, Set<Integer> shown) {
        this.tokenizer = tokenizer;
        this.shown = Set.copyOf(shown);
        this.stops = List.copyOf(stop);
        this.includeStop = includeStop;
        this.minTokens = minTokens;
        this.matcher = new StopStringMatcher(stops);
    }

    /** The text that may be shown after this token; empty once a stop string has matched. */
    public String append(int tokenId) {
        if (matchedStop != null) {
            return "";
        }
        tokens++;
        String text = decoder.append(bytes(tokenId));
        atStart &= tokenizer.isSpecial(tokenId);
        if (stops.isEmpty()) {
            return text;
        }
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            held.appendCodePoint(codePoint);
            int match = matcher.append(codePoint);
            if (match >= 0 && tokens > minTokens) {
                return stopAt(stops.get(match));
            }
        }
        int beginning = includeStop ? 0 : matcher.possibleBeginning();
        return release(held.offsetByCodePoints(held.length(), -beginning));
    }

    /** The stop string that ended the text, or null. */
    public @Nullable String matchedStop() {
        return matchedStop;
    }

    /** The end of the completion: what was held back for a stop string that did not come. An incomplete character is dropped. */
    public String finish() {
        return release(held.length());
    }

    private byte[] bytes(int tokenId) {
        if (shown.contains(tokenId)) {
            return tokenizer.textOf(tokenId).getBytes(StandardCharsets.UTF_8);
        }
        return atStart ? tokenizer.bytesAtStart(tokenId) : tokenizer.bytesOf(tokenId);
    }

    private String stopAt(String stop) {
        matchedStop = stop;
        String text = release(includeStop ? held.length() : held.length() - stop.length());
        held.setLength(0);
        return text;
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }
}
