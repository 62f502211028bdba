package io.causalstreams.inference.internal.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the special tokens named in a rendered template: leftmost first, the longest of several, as Hugging Face
 * tokenizers does, but only within the template's own text, never in a message. Immutable.
 */
final class SpecialTokenSplitter {
    /** By first character, longest first. */
    private final Map<Character, List<AddedToken>> tokens = new HashMap<>();

    SpecialTokenSplitter(List<AddedToken> specialTokens) {
        specialTokens.stream()
                .filter(token -> !token.content().isEmpty())
                .sorted(Comparator.comparingInt(token -> -token.content().length()))
                .forEach(token -> tokens.computeIfAbsent(token.content().charAt(0), c -> new ArrayList<>())
                        .add(token));
    }

    /** The concatenated text of {@code parts}, cut at the special tokens; no text is empty. */
    List<Piece> split(List<Tokenizer.TemplatePart> parts) {
        StringBuilder whole = new StringBuilder();
        parts.forEach(part -> whole.append(part.text()));
        String text = whole.toString();
        List<Piece> pieces = new ArrayList<>();
        int done = 0;
        int partStart = 0;
        for (Tokenizer.TemplatePart part : parts) {
            int partEnd = partStart + part.text().length();
            if (part.control()) {
                done = splitControl(text, partStart, partEnd, done, pieces);
            }
            partStart = partEnd;
        }
        addText(pieces, text, done, text.length());
        return pieces;
    }

    /** Takes the special tokens of {@code text[from, to)}; everything before {@code done} is in {@code pieces} already. */
    private int splitControl(String text, int from, int to, int done, List<Piece> pieces) {
        int at = Math.max(from, done);
        while (at < to) {
            AddedToken token = tokenAt(text, at, to);
            if (token == null) {
                at++;
                continue;
            }
            int end = at + token.content().length();
            if (!token.singleWord() || standsAlone(text, at, end)) {
                int start = at;
                while (token.leftStrip() && start > done && isSpace(text.charAt(start - 1))) {
                    start--;
                }
                while (token.rightStrip() && end < text.length() && isSpace(text.charAt(end))) {
                    end++;
                }
                addText(pieces, text, done, start);
                pieces.add(new Piece.Special(token.id()));
                done = end;
            }
            at = end;
        }
        return done;
    }

    private @Nullable AddedToken tokenAt(String text, int at, int limit) {
        for (AddedToken token : tokens.getOrDefault(text.charAt(at), List.of())) {
            if (at + token.content().length() <= limit && text.startsWith(token.content(), at)) {
                return token;
            }
        }
        return null;
    }

    private static boolean standsAlone(String text, int start, int end) {
        return (start == 0 || !isWord(text.charAt(start - 1))) && (end == text.length() || !isWord(text.charAt(end)));
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static void addText(List<Piece> pieces, String text, int from, int to) {
        if (from < to) {
            pieces.add(new Piece.Text(text.substring(from, to), from == 0));
        }
    }

    /** A stretch of text between special tokens, or one of them. */
    sealed interface Piece {

        /** Plain text; {@code first} if it begins the whole text. */
        record Text(String text, boolean first) implements Piece {}

        record Special(int tokenId) implements Piece {}
    }
}
