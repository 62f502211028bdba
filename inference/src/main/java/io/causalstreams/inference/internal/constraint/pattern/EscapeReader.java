package io.causalstreams.inference.internal.constraint.pattern;

import org.jspecify.annotations.Nullable;

/** Reads what stands behind a backslash. */
final class EscapeReader {

    private final PatternCursor cursor;

    EscapeReader(PatternCursor cursor) {
        this.cursor = cursor;
    }

    /**
     * The characters meant by the escape whose backslash was just read.
     *
     * @param excluded whether they stand in a negated class; then classes on which dialects disagree are taken wide
     */
    CodePoints read(boolean excluded) {
        int start = cursor.position() - 1;
        if (cursor.atEnd()) {
            throw cursor.unsupported("a backslash at the end", start);
        }
        int letter = cursor.next();
        CodePoints named = CharacterClasses.named(letter, excluded);
        return named != null ? named : character(letter, start);
    }

    private CodePoints character(int letter, int start) {
        return switch (letter) {
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 't' -> CodePoints.of('\t');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case '0' -> nul(start);
            case 'x' -> scalar(hexadecimal(2, start), start);
            case 'u' -> unicode(start);
            case 'p' -> category(start);
            case 'P' -> category(start).not();
            default -> literal(letter, start);
        };
    }

    private CodePoints nul(int start) {
        if (PatternCursor.isDigit(cursor.peek(0))) {
            throw cursor.unsupported("an octal escape", start);
        }
        return CodePoints.of(0);
    }

    private CodePoints unicode(int start) {
        if (cursor.accept('{')) {
            int digits = 0;
            while (digits < 6 && cursor.peek(digits) != '}') {
                digits++;
            }
            int value = hexadecimal(digits, start);
            if (digits == 0 || !cursor.accept('}')) {
                throw cursor.unsupported("an unfinished hexadecimal escape", start);
            }
            return scalar(value, start);
        }
        int value = hexadecimal(4, start);
        if (Character.isHighSurrogate((char) value) && cursor.isNext('\\') && cursor.peek(1) == 'u') {
            cursor.next();
            cursor.next();
            value = Character.toCodePoint((char) value, (char) hexadecimal(4, start));
        }
        return scalar(value, start);
    }

    private int hexadecimal(int digits, int start) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = cursor.atEnd() ? -1 : Character.digit(cursor.next(), 16);
            if (digit < 0) {
                throw cursor.unsupported("an unfinished hexadecimal escape", start);
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private CodePoints scalar(int value, int start) {
        if (value > Character.MAX_CODE_POINT || CodePoints.of(value).isEmpty()) {
            throw cursor.unsupported(String.format("U+%04X, which is not a character,", value), start);
        }
        return CodePoints.of(value);
    }

    private CodePoints category(int start) {
        StringBuilder name = new StringBuilder();
        if (cursor.accept('{')) {
            while (!cursor.atEnd() && !cursor.accept('}')) {
                name.appendCodePoint(cursor.next());
            }
        } else if (!cursor.atEnd()) {
            name.appendCodePoint(cursor.next());
        }
        @Nullable CodePoints category = CharacterClasses.category(name.toString());
        if (category == null) {
            throw cursor.unsupported("the property '" + name + "', which is not a general category,", start);
        }
        return category;
    }

    private CodePoints literal(int c, int start) {
        if (PatternCursor.isDigit(c) || c == 'k') {
            throw cursor.unsupported("a back-reference", start);
        }
        if (Character.isLetter(c)) {
            throw cursor.unsupported("the escape '\\" + Character.toString(c) + "'", start);
        }
        return CodePoints.of(c);
    }
}
