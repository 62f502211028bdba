package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Stop strings as sequences of symbols: a symbol is a character of the text or a special token.
 *
 * <p>A string that holds the name of a special token, such as {@code <|im_end|>}, is two patterns: the name as the token, which
 * no text shows, and the name as text, should the model spell it. Immutable.
 */
public final class StopStrings {
    static final StopStrings NONE = new StopStrings(List.of(), Set.of());

    private final List<Pattern> patterns;
    private final Set<Integer> named;

    private StopStrings(List<Pattern> patterns, Set<Integer> named) {
        this.patterns = List.copyOf(patterns);
        this.named = Set.copyOf(named);
    }

    /** The strings in the spellings of {@code tokenizer}; none may be empty. */
    public static StopStrings of(List<String> strings, Tokenizer tokenizer) {
        if (strings.isEmpty()) {
            return NONE;
        }
        List<Pattern> patterns = new ArrayList<>();
        Set<Integer> named = new HashSet<>();
        for (String string : strings) {
            patterns.add(new Pattern(string, string.codePoints().toArray()));
            int[] special = Arrays.stream(tokenizer.encodeTemplate(List.of(new TemplatePart(string, true))))
                    .filter(tokenizer::isSpecial)
                    .toArray();
            if (special.length > 0) {
                patterns.add(new Pattern(string, symbols(string, special, tokenizer)));
                Arrays.stream(special).forEach(named::add);
            }
        }
        return new StopStrings(patterns, named);
    }

    /** Whether one of the strings holds this special token's name. */
    public boolean name(int tokenId) {
        return named.contains(tokenId);
    }

    /** Symbols of the longest of them; 0 if there are none. */
    public int longest() {
        return patterns.stream().mapToInt(each -> each.symbols.length).max().orElse(0);
    }

    /** Whether one of the strings is this special token's name and no more. */
    boolean isString(int tokenId) {
        return name(tokenId)
                && patterns.stream().anyMatch(each -> each.symbols.length == 1 && each.symbols[0] == symbol(tokenId));
    }

    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    boolean nameTokens() {
        return !named.isEmpty();
    }

    List<Pattern> patterns() {
        return patterns;
    }

    /** The symbol of a special token: characters are not negative. */
    static int symbol(int tokenId) {
        return -1 - tokenId;
    }

    static boolean isToken(int symbol) {
        return symbol < 0;
    }

    static int token(int symbol) {
        return -1 - symbol;
    }

    /** The string's characters, with the names of {@code special}, which occur in this order, as tokens. */
    private static int[] symbols(String string, int[] special, Tokenizer tokenizer) {
        IntStream.Builder symbols = IntStream.builder();
        int from = 0;
        for (int token : special) {
            String name = tokenizer.textOf(token);
            int at = string.indexOf(name, from);
            if (at >= 0) {
                string.substring(from, at).codePoints().forEach(symbols);
                symbols.add(symbol(token));
                from = at + name.length();
            }
        }
        string.substring(from).codePoints().forEach(symbols);
        return symbols.build().toArray();
    }

    /** One spelling of a stop string. Immutable by agreement: nobody writes into its array. */
    static final class Pattern {
        final String string;
        final int[] symbols;

        Pattern(String string, int[] symbols) {
            this.string = string;
            this.symbols = symbols;
        }
    }
}
