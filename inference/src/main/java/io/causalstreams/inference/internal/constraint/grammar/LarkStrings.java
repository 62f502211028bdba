package io.causalstreams.inference.internal.constraint.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What strings in a Lark grammar stand for. */
final class LarkStrings {

    private static final int MAX_CHUNKS = 2_000;
    private static final Pattern WORD = Pattern.compile("\\w+|.", Pattern.DOTALL | Pattern.UNICODE_CHARACTER_CLASS);

    private LarkStrings() {}

    static Expression language(LarkToken token, SourceText text, Expressions expressions) {
        String value = value(token, text);
        if (value.isEmpty()) {
            return Expressions.EMPTY;
        } else if (!token.text().endsWith("i")) {
            return expressions.literal(value);
        }
        return expressions.sequence(value.codePoints()
                .mapToObj(c -> CharacterEncoding.TEXT.encode(CodePoints.of(c).ignoringCase(), expressions))
                .toArray(Expression[]::new));
    }

    /** The string without quotation marks and escapes, which are JSON's and {@code \xHH}. */
    static String value(LarkToken token, SourceText text) {
        SourceText inside =
                new SourceText(token.text().substring(1, token.text().lastIndexOf('"')));
        StringBuilder value = new StringBuilder();
        while (!inside.atEnd()) {
            int c = inside.read();
            if (c == '\\') {
                int escaped = inside.atEnd() ? SourceText.END : inside.read();
                c = switch (escaped) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case '"', '\\', '/' -> escaped;
                    case 'x' -> inside.hex(2);
                    case 'u' -> inside.hex(4);
                    default -> throw text.error("an escape in " + token.text() + " is not known", token.position());
                };
            }
            value.appendCodePoint(c);
        }
        return value.toString();
    }

    /** The pieces that {@code %regex} names. */
    static List<String> chunks(JsonNode options, LarkToken token, SourceText text) {
        List<String> chunks = new ArrayList<>();
        if (options.size() == 1 && options.path("substring_chunks").isArray()) {
            options.path("substring_chunks").forEach(chunk -> chunks.add(chunk.asText()));
        } else if (options.size() == 1 && options.path("substring_words").isTextual()) {
            Matcher words = WORD.matcher(options.path("substring_words").textValue());
            while (words.find()) {
                chunks.add(words.group());
            }
        } else if (options.size() == 1 && options.path("substring_chars").isTextual()) {
            options.path("substring_chars").textValue().codePoints().forEach(c -> chunks.add(Character.toString(c)));
        } else {
            throw text.error("%regex needs substring_chunks, substring_words or substring_chars", token.position());
        }
        if (chunks.size() > MAX_CHUNKS) {
            throw text.error("%regex has " + chunks.size() + " pieces; the limit is " + MAX_CHUNKS, token.position());
        }
        return chunks;
    }
}
