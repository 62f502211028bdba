package io.causalstreams.registry.internal.protobuf;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of a {@code .proto} file, without comments. Threading: of its reader. */
final class ProtoTokens {

    private static final Pattern TOKEN = Pattern.compile(
            "\\s+|//[^\\n]*|/\\*(?s:.*?)\\*/" // not told
                    + "|(?<token>\\.?[A-Za-z_][\\w.]*|[+-]?(?:0[xX][0-9a-fA-F]+|\\d[\\w.]*(?:(?<=[eE])[+-]?\\d+)?)"
                    + "|\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'|[-{}\\[\\]()<>;,:=/.])");

    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> lines = new ArrayList<>();
    private int next;

    /** @throws IllegalArgumentException naming the line of what is no token */
    ProtoTokens(String source) {
        Matcher matcher = TOKEN.matcher(source);
        int line = 1;
        int at = 0;
        while (at < source.length()) {
            if (!matcher.region(at, source.length()).lookingAt()) {
                throw new IllegalArgumentException("line " + line + ": " + source.charAt(at) + " begins nothing");
            }
            String token = matcher.group("token");
            if (token != null) {
                tokens.add(token);
                lines.add(line);
            }
            line += (int) matcher.group().chars().filter(each -> each == '\n').count();
            at = matcher.end();
        }
    }

    boolean isAtEnd() {
        return next == tokens.size();
    }

    String peek() {
        return isAtEnd() ? "the end of the file" : tokens.get(next);
    }

    String take() {
        if (isAtEnd()) {
            throw new IllegalArgumentException("the file ends in the middle of something");
        }
        return tokens.get(next++);
    }

    /** Takes the token if it is this. */
    boolean takeIf(String token) {
        boolean is = peek().equals(token);
        next += is ? 1 : 0;
        return is;
    }

    void expect(String token) {
        if (!takeIf(token)) {
            throw unexpected(token);
        }
    }

    IllegalArgumentException unexpected(String instead) {
        int line = isAtEnd() ? lines.isEmpty() ? 1 : lines.get(lines.size() - 1) : lines.get(next);
        return new IllegalArgumentException("line " + line + ": " + peek() + " where " + instead + " is expected");
    }

    int integer() {
        String text = take();
        try {
            return Integer.decode(text);
        } catch (NumberFormatException e) {
            next--;
            throw unexpected("a number");
        }
    }

    /** One string, or several behind one another. */
    String string() {
        return bytes().toStringUtf8();
    }

    ByteString bytes() {
        if (!isString()) {
            throw unexpected("a string");
        }
        ByteString all = ByteString.EMPTY;
        while (isString()) {
            all = all.concat(unescaped(take()));
        }
        return all;
    }

    boolean isString() {
        return peek().startsWith("\"") || peek().startsWith("'");
    }

    /** Passes over what follows up to {@code end}, with whole blocks in between. */
    void skipBehind(String end) {
        for (String token = take(); !token.equals(end); token = take()) {
            switch (token) {
                case "{" -> skipBehind("}");
                case "[" -> skipBehind("]");
                default -> {}
            }
        }
    }

    private static ByteString unescaped(String quoted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String text = quoted.substring(1, quoted.length() - 1);
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (character != '\\') {
                bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            char escape = text.charAt(i++);
            int from = i;
            if (escape == 'x' || escape == 'X') {
                while (i < text.length() && i - from < 2 && Character.digit(text.charAt(i), 16) >= 0) {
                    i++;
                }
                bytes.write(Integer.parseInt(text.substring(from, i), 16));
            } else if (Character.digit(escape, 8) >= 0) {
                while (i < text.length() && i - from < 2 && Character.digit(text.charAt(i), 8) >= 0) {
                    i++;
                }
                bytes.write(Integer.parseInt(text.substring(from - 1, i), 8));
            } else {
                int named = "abfnrtv".indexOf(escape);
                bytes.write(named < 0 ? escape : "\u0007\b\f\n\r\t\u000b".charAt(named));
            }
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }
}
