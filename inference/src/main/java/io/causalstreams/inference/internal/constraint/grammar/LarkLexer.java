package io.causalstreams.inference.internal.constraint.grammar;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.internal.constraint.grammar.LarkToken.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a Lark grammar into words. Line ends count, but not within parentheses nor in front of a {@code |}. */
final class LarkLexer {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> PUNCTUATION = List.of(
            "->", "::", "..", ":", ",", ".", "(", ")", "{", "}", "[", "]", "~", "|", "&", "=", "+", "*", "?", "_");

    private final SourceText text;
    private final List<LarkToken> tokens = new ArrayList<>();
    private int open;

    private LarkLexer(SourceText text) {
        this.text = text;
    }

    static List<LarkToken> split(SourceText text) {
        return new LarkLexer(text).split();
    }

    private List<LarkToken> split() {
        while (!text.atEnd()) {
            int c = text.peek();
            if (c == '#' || text.isNext("//")) {
                text.skipLine();
            } else if (c == '\n') {
                lineEnd();
            } else if (c == ' ' || c == '\t' || c == '\r') {
                text.read();
            } else {
                tokens.add(token());
            }
        }
        lineEndAt(text.position());
        tokens.add(new LarkToken(Kind.END, "the end", text.position()));
        return tokens;
    }

    private void lineEnd() {
        int position = text.position();
        text.read();
        if (open == 0) {
            lineEndAt(position);
        }
    }

    private void lineEndAt(int position) {
        if (!tokens.isEmpty() && tokens.get(tokens.size() - 1).kind() != Kind.LINE_END) {
            tokens.add(new LarkToken(Kind.LINE_END, "the end of the line", position));
        }
    }

    private LarkToken token() {
        int start = text.position();
        int c = text.peek();
        Kind kind;
        if (c == '"') {
            string();
            kind = Kind.STRING;
        } else if (c == '/') {
            regex();
            kind = Kind.REGEX;
        } else if (c == '<') {
            special();
            kind = Kind.SPECIAL;
        } else if (c == '@') {
            text.read();
            name();
            kind = Kind.REFERENCE;
        } else if (c == '%') {
            return directive();
        } else if (isDigit(c) || ((c == '-' || c == '+') && isDigit(text.peek(1)))) {
            text.read();
            while (isDigit(text.peek())) {
                text.read();
            }
            kind = Kind.NUMBER;
        } else if (isNameStart()) {
            kind = ruleOrTerminal();
        } else {
            return punctuation();
        }
        return new LarkToken(kind, text.from(start), start);
    }

    /** A name may begin with {@code !}, {@code ?} or {@code _}. */
    private boolean isNameStart() {
        int distance = 0;
        while (text.peek(distance) == '!' || text.peek(distance) == '?' || text.peek(distance) == '_') {
            distance++;
        }
        boolean atLineStart = tokens.isEmpty() || tokens.get(tokens.size() - 1).kind() == Kind.LINE_END;
        return isLetter(text.peek(distance)) && (atLineStart || text.peek() != '?');
    }

    private Kind ruleOrTerminal() {
        int start = text.position();
        while (text.peek() == '!' || text.peek() == '?') {
            text.read();
        }
        name();
        String name = text.from(start);
        String letters = name.replaceAll("[^A-Za-z]", "");
        if (letters.equals(letters.toLowerCase(Locale.ROOT))) {
            return Kind.RULE;
        } else if (letters.equals(letters.toUpperCase(Locale.ROOT))) {
            return Kind.TERMINAL;
        }
        throw text.error("the name '" + name + "' mixes cases; rules are lower case, terminals upper case", start);
    }

    private void name() {
        while (isLetter(text.peek()) || isDigit(text.peek()) || text.peek() == '_' || text.peek() == '-') {
            // "a->b" is a name and an alias.
            if (text.isNext("->")) {
                return;
            }
            text.read();
        }
    }

    private void string() {
        int start = text.position();
        text.read();
        while (text.peek() != '"') {
            if (text.atEnd() || text.peek() == '\n') {
                throw text.error("the string does not end", start);
            }
            if (text.read() == '\\') {
                text.read();
            }
        }
        text.read();
        if (text.peek() == 'i' && !isLetter(text.peek(1))) {
            text.read();
        }
    }

    private void regex() {
        int start = text.position();
        text.read();
        while (text.peek() != '/') {
            if (text.atEnd()) {
                throw text.error("the regular expression does not end", start);
            }
            if (text.read() == '\\') {
                text.read();
            }
        }
        text.read();
        while ("imslux".indexOf(text.peek()) >= 0) {
            text.read();
        }
    }

    private void special() {
        int start = text.position();
        while (text.peek() != '>') {
            int c = text.read();
            if (text.atEnd() || c == ' ' || c == '\n') {
                throw text.error("the special token has no '>'", start);
            }
        }
        text.read();
    }

    private LarkToken directive() {
        int start = text.position();
        text.read();
        name();
        String name = text.from(start);
        if (!name.equals("%json") && !name.equals("%regex") && !name.equals("%llguidance")) {
            return new LarkToken(Kind.DIRECTIVE, name, start);
        }
        tokens.add(new LarkToken(Kind.DIRECTIVE, name, start));
        return json();
    }

    private LarkToken json() {
        int start = text.position();
        String rest = text.rest();
        try (JsonParser parser = MAPPER.createParser(rest)) {
            JsonNode value = MAPPER.readTree(parser);
            int length = (int) parser.currentLocation().getCharOffset();
            text.moveTo(start + rest.codePointCount(0, length));
            return new LarkToken(Kind.JSON, value.toString(), start);
        } catch (JsonProcessingException e) {
            throw text.error("JSON is expected: " + e.getOriginalMessage(), start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LarkToken punctuation() {
        int start = text.position();
        for (String mark : PUNCTUATION) {
            if (text.accept(mark)) {
                if (mark.equals("(") || mark.equals("[")) {
                    open++;
                } else if (mark.equals(")") || mark.equals("]")) {
                    open = Math.max(0, open - 1);
                } else if (mark.equals("|") && lastIsLineEnd()) {
                    tokens.remove(tokens.size() - 1);
                }
                return new LarkToken(Kind.PUNCTUATION, mark, start);
            }
        }
        throw text.error("'" + Character.toString(text.peek()) + "' is not expected here");
    }

    private boolean lastIsLineEnd() {
        return !tokens.isEmpty() && tokens.get(tokens.size() - 1).kind() == Kind.LINE_END;
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
