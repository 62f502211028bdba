package io.causalstreams.inference.internal.constraint.pattern;

/** Reads {@code [...]}. */
final class CharacterClassReader {

    private final PatternCursor cursor;
    private final EscapeReader escapes;

    CharacterClassReader(PatternCursor cursor) {
        this.cursor = cursor;
        this.escapes = new EscapeReader(cursor);
    }

    /** The characters of the class whose opening bracket was just read. */
    CodePoints read() {
        int start = cursor.position() - 1;
        boolean negated = cursor.accept('^');
        CodePoints set = CodePoints.NONE;
        if (cursor.isNext(']')) {
            throw cursor.unsupported("']' as the first character of a class; write it '\\]',");
        }
        while (!cursor.accept(']')) {
            set = set.or(item(negated, start));
        }
        return negated ? set.not() : set;
    }

    private CodePoints item(boolean negated, int start) {
        CodePoints low = member(negated, start);
        if (!cursor.isNext('-') || cursor.peek(1) == ']') {
            return low;
        }
        int dash = cursor.position();
        cursor.next();
        CodePoints high = member(negated, start);
        if (!low.isSingle() || !high.isSingle()) {
            throw cursor.unsupported("a range with a class at its end", dash);
        }
        int from = low.ranges().get(0).low();
        int to = high.ranges().get(0).low();
        if (from > to) {
            throw cursor.unsupported("a range out of order", dash);
        }
        return CodePoints.range(from, to);
    }

    private CodePoints member(boolean negated, int start) {
        if (cursor.atEnd()) {
            throw cursor.unsupported("a class without its ']'", start);
        }
        int c = cursor.next();
        if (c == '[' && cursor.isNext(':')) {
            throw cursor.unsupported("a POSIX class", cursor.position() - 1);
        } else if (c == '&' && cursor.isNext('&')) {
            throw cursor.unsupported("a class intersection '&&'", cursor.position() - 1);
        } else if (c == '\\' && cursor.accept('b')) {
            return CodePoints.of('\b');
        }
        return c == '\\' ? escapes.read(negated) : CodePoints.of(c);
    }
}
