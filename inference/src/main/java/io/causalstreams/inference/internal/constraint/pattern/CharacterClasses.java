package io.causalstreams.inference.internal.constraint.pattern;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The named classes of the regular expression dialect.
 *
 * <p>Where ECMA-262, Python and Java disagree, a class holds what all of them hold, so that a text is right for each:
 * {@code \s} is ASCII white space while {@code \S} leaves out all Unicode white space; {@code .} leaves out every line end.
 */
final class CharacterClasses {

    static final CodePoints DIGIT = CodePoints.range('0', '9');
    static final CodePoints WORD =
            DIGIT.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
    static final CodePoints SPACE = CodePoints.anyOf(" \t\n\u000B\f\r");
    static final CodePoints ANY_SPACE = CodePoints.where(c -> Character.isWhitespace(c) || Character.isSpaceChar(c))
            .or(CodePoints.anyOf("\u0085\uFEFF\u180E"));
    static final CodePoints DOT = CodePoints.anyOf("\n\r\u0085\u2028\u2029").not();

    /** General categories by {@link Character#getType}, two letters each as in the Unicode Standard, table 4-4. */
    private static final List<String> CATEGORIES = List.of(
            "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "", "Zs", "Zl", "Zp", "Cc", "Cf",
            "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf");

    private CharacterClasses() {}

    /**
     * The class {@code \letter}, or null if there is none.
     *
     * @param excluded whether its characters are to be excluded: then it holds what any of the dialects means by it
     */
    static @Nullable CodePoints named(int letter, boolean excluded) {
        return switch (letter) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> excluded ? ANY_SPACE : SPACE;
            case 'S' -> (excluded ? SPACE : ANY_SPACE).not();
            default -> null;
        };
    }

    /** The general category {@code name} (one letter or two), or null if there is none. */
    static @Nullable CodePoints category(String name) {
        boolean known = !name.isEmpty() && CATEGORIES.stream().anyMatch(category -> category.startsWith(name));
        return known
                ? CodePoints.where(c -> CATEGORIES.get(Character.getType(c)).startsWith(name))
                : null;
    }
}
