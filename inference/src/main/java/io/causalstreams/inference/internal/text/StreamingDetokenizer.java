package io.causalstreams.inference.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns the tokens of one completion into text deltas that can be shown at once.
 *
 * <p>A delta never ends inside a character and never shows what may be the beginning of a stop string; both are held
 * back until later tokens decide. The deltas are a function of the token sequence alone, so a replay gives the same.
 *
 * <p>The stop string whose last character comes first ends the text, the longest if several end there: this does not
 * depend on how the text is cut into tokens. A special token that a stop string names is read there as its name, though the
 * text does not show it. A stop string counts when it ends after the first {@code minTokens} tokens;
 * it may begin before. {@link #endingOnlyAt} says where else it does not count.
 *
 * <p>Cost: proportional to the token's text. Threading: one thread at a time.
 */
public final class StreamingDetokenizer {
    private final Tokenizer tokenizer;
    private final StopStrings stops;
    private final boolean includeStop;
    private final int minTokens;
    private final Set<Integer> shown;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StopStringMatcher matcher;
    /** Symbols decoded but not yet shown: characters, and special tokens that stop strings name. */
    private final List<Integer> held = new ArrayList<>();

    private IntPredicate mayEnd = place -> true;
    private int tokens;
    private int symbols;
    private boolean atStart = true;
    private @Nullable String matchedStop;

    /** Shows no special token. */
    public StreamingDetokenizer(Tokenizer tokenizer, List<String> stop, boolean includeStop, int minTokens) {
        this(tokenizer, StopStrings.of(stop, tokenizer), includeStop, minTokens, Set.of());
    }

    /**
     * @param stops strings that end the text
     * @param includeStop whether the text ends with the stop string or in front of it
     * @param minTokens a stop string that ends within the first {@code minTokens} tokens does not count
     * @param shown special tokens that are part of the text, by their names
     */
    public StreamingDetokenizer(
            Tokenizer tokenizer, StopStrings stops, boolean includeStop, int minTokens, Set<Integer> shown) {
        this.tokenizer = tokenizer;
        this.shown = Set.copyOf(shown);
        this.stops = stops;
        this.includeStop = includeStop;
        this.minTokens = minTokens;
        this.matcher = new StopStringMatcher(stops);
    }

    /**
     * Stop strings count only where the text that they leave may end.
     *
     * @param mayEnd given a place: how many {@linkplain #symbols symbols} lie before it
     */
    public StreamingDetokenizer endingOnlyAt(IntPredicate mayEnd) {
        this.mayEnd = mayEnd;
        return this;
    }

    /** Symbols so far: characters, and special tokens that stop strings name. Counted only where there are stop strings. */
    public int symbols() {
        return symbols;
    }

    /** Whether the tokens so far end inside a character. */
    public boolean isInsideCharacter() {
        return decoder.isInsideCharacter();
    }

    /** The text that may be shown after this token; empty once a stop string has matched. */
    public String append(int tokenId) {
        if (matchedStop != null) {
            return "";
        }
        tokens++;
        boolean named = stops.name(tokenId) && !shown.contains(tokenId);
        String text = named ? "" : decoder.append(bytes(tokenId));
        atStart &= tokenizer.isSpecial(tokenId);
        if (stops.isEmpty()) {
            return text;
        }
        int[] added = named
                ? new int[] {StopStrings.symbol(tokenId)}
                : text.codePoints().toArray();
        for (int symbol : added) {
            held.add(symbol);
            symbols++;
            StopStrings.Pattern match = matcher.append(symbol, this::counts);
            if (match != null) {
                return stopAt(match);
            }
        }
        // A stop string that is shown need not be held back, unless it names tokens that are shown in it alone.
        boolean showsBeginnings = includeStop && !stops.nameTokens();
        return release(held.size() - (showsBeginnings ? 0 : matcher.possibleBeginning()));
    }

    /** The stop string that ended the text, or null. */
    public @Nullable String matchedStop() {
        return matchedStop;
    }

    /** The end of the completion: what was held back for a stop string that did not come. An incomplete character is dropped. */
    public String finish() {
        return release(held.size());
    }

    /** What the token would add to the text now, in UTF-8: possibly part of a character. */
    public byte[] bytes(int tokenId) {
        if (shown.contains(tokenId) || (includeStop && stops.isString(tokenId))) {
            return tokenizer.textOf(tokenId).getBytes(StandardCharsets.UTF_8);
        }
        return atStart ? tokenizer.bytesAtStart(tokenId) : tokenizer.bytesOf(tokenId);
    }

    private boolean counts(StopStrings.Pattern stop) {
        return tokens > minTokens && mayEnd.test(includeStop ? symbols : symbols - stop.symbols.length);
    }

    private String stopAt(StopStrings.Pattern stop) {
        matchedStop = stop.string;
        // The beginning of a stop string that is shown may be shown already, then less is held than it is long.
        String text = release(Math.max(0, held.size() - stop.symbols.length));
        if (!includeStop) {
            held.clear();
            return text;
        }
        StringBuilder whole = new StringBuilder(text);
        for (int symbol : held) {
            if (StopStrings.isToken(symbol)) {
                whole.append(tokenizer.textOf(StopStrings.token(symbol)));
            } else {
                whole.appendCodePoint(symbol);
            }
        }
        held.clear();
        return whole.toString();
    }

    /** The characters among the first {@code symbols} held; tokens among them are not shown. */
    private String release(int symbols) {
        List<Integer> first = held.subList(0, symbols);
        StringBuilder text = new StringBuilder();
        for (int symbol : first) {
            if (!StopStrings.isToken(symbol)) {
                text.appendCodePoint(symbol);
            }
        }
        first.clear();
        return text.toString();
    }
}
