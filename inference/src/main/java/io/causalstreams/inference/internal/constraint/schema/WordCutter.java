package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Words;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts texts into words: letters, marks, digits and low lines in a row; any other character but white space is a word of its own, as are
 * those of scripts that write no space between words.
 */
final class WordCutter {

    private static final String UNSPACED =
            "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}";

    /** What looks like one character (an emoji of several) is one. */
    private static final Pattern WORD =
            Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{Pc}&&[^" + UNSPACED + "]]+|(?!\\p{IsWhite_Space})\\X");

    private static final Pattern HALF_OF_A_PAIR = Pattern.compile("\\p{Cs}");

    private WordCutter() {}

    /** The words as they stand inside JSON strings. */
    static Words words(List<String> texts, Expressions expressions) {
        Words words = expressions.words();
        for (String text : texts) {
            for (String part : HALF_OF_A_PAIR.split(text, -1)) {
                add(part, words);
                words.cut();
            }
        }
        return words;
    }

    private static void add(String text, Words words) {
        Matcher word = WORD.matcher(text);
        int end = 0;
        while (word.find()) {
            words.addGap(written(text.substring(end, word.start())));
            words.addWord(written(word.group()));
            end = word.end();
        }
    }

    private static byte[] written(String text) {
        return CharacterEncoding.escaped(text).getBytes(StandardCharsets.UTF_8);
    }
}
