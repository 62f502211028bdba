package io.causalstreams.inference.internal.constraint.pattern;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.pattern.Pattern.Alternatives;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Characters;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Repeated;
import io.causalstreams.inference.internal.constraint.pattern.Pattern.Series;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular expressions that are regular and mean the same in ECMA-262, Python and Java: literals, escapes, classes,
 * groups, alternation and counts, with {@code ^} and {@code $} at the ends of the whole expression or of one of its
 * top-level alternatives. Everything else is refused by name and position. {@code docs/structured-output.md} has the table.
 */
public final class PatternParser {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_COUNT = 1_000_000;

    /** Any character but a line feed. */
    private static final CodePoints NO_LINE_FEED = CodePoints.of('\n').not();

    private final PatternCursor cursor;
    private CodePoints dot = CharacterClasses.DOT;
    private boolean flagsAllowed;
    private boolean ignoreCase;
    private boolean looksAhead;

    private PatternParser(String pattern) {
        this.cursor = new PatternCursor(pattern);
    }

    /**
     * A pattern as the regex crate of Rust reads it, that the whole text must match: {@code .} is all but a line feed, and
     * groups may have the flags {@code i} and {@code s}.
     *
     * @param flags any of {@code i}, {@code s} and {@code u}, which hold for the whole pattern
     */
    public static Pattern parseRust(String pattern, String flags) {
        PatternParser parser = new PatternParser(pattern);
        parser.flagsAllowed = true;
        parser.dot = NO_LINE_FEED;
        parser.apply(flags);
        parser.flagsInFront();
        return parser.topLevel(false);
    }

    /** Reads {@code (?is)}, flags of all that follows. */
    private void flagsInFront() {
        if (cursor.peek(0) == '(' && cursor.peek(1) == '?') {
            int length = flagsAt(2);
            if (length > 0 && cursor.peek(2 + length) == ')') {
                cursor.next();
                cursor.next();
                applyNext(length);
            }
        }
    }

    private int flagsAt(int distance) {
        int length = 0;
        while ("isu".indexOf(cursor.peek(distance + length)) >= 0) {
            length++;
        }
        return length;
    }

    /** Applies the flags that come next, and passes over what ends them. */
    private void applyNext(int length) {
        StringBuilder flags = new StringBuilder();
        for (int i = 0; i < length; i++) {
            flags.appendCodePoint(cursor.next());
        }
        cursor.next();
        apply(flags.toString());
    }

    private void apply(String flags) {
        ignoreCase |= flags.indexOf('i') >= 0;
        dot = flags.indexOf('s') >= 0 ? CodePoints.ALL : dot;
    }

    /** A pattern that the whole text must match; anchors change nothing. */
    public static Pattern parseFull(String pattern) {
        return new PatternParser(pattern).topLevel(false);
    }

    /** A pattern of which the text must contain a match, as in JSON Schema; anchors tie it to the ends. */
    public static Pattern parseSearch(String pattern) {
        PatternParser parser = new PatternParser(pattern);
        parser.looksAhead = true;
        return parser.topLevel(true);
    }

    private Pattern topLevel(boolean search) {
        List<Pattern> branches = new ArrayList<>();
        do {
            boolean anchoredStart = cursor.accept('^');
            Pattern body = series(0);
            boolean anchoredEnd = cursor.accept('$');
            if (cursor.isNext(')')) {
                throw cursor.unsupported("an unmatched ')'");
            }
            if (!cursor.atEnd() && !cursor.isNext('|')) {
                throw cursor.unsupported("'" + Character.toString(cursor.peek(0)) + "' after the end anchor '$'");
            }
            Pattern before = search && !anchoredStart ? Pattern.anything() : Pattern.empty();
            Pattern after = search && !anchoredEnd ? Pattern.anything() : Pattern.empty();
            branches.add(Pattern.series(before, lookingAhead(body, after)));
        } while (cursor.accept('|'));
        Pattern whole = anyOf(branches);
        PatternLimits.check(whole);
        return whole;
    }

    /** A series and what follows it; its look-aheads see both. */
    private static Pattern lookingAhead(Pattern body, Pattern after) {
        List<Pattern> parts = body instanceof Series series ? series.parts() : List.of(body);
        Pattern rest = after;
        for (int i = parts.size() - 1; i >= 0; i--) {
            rest = parts.get(i) instanceof Pattern.Ahead ahead
                    ? new Pattern.Ahead(ahead.ahead(), ahead.found(), rest)
                    : Pattern.series(parts.get(i), rest);
        }
        return rest;
    }

    private Pattern alternatives(int depth) {
        List<Pattern> branches = new ArrayList<>();
        do {
            branches.add(series(depth));
        } while (cursor.accept('|'));
        return anyOf(branches);
    }

    private static Pattern anyOf(List<Pattern> branches) {
        return branches.size() == 1 ? branches.get(0) : new Alternatives(List.copyOf(branches));
    }

    private Pattern series(int depth) {
        List<Pattern> parts = new ArrayList<>();
        while (!cursor.atEnd() && !cursor.isNext('|') && !cursor.isNext(')') && !(depth == 0 && cursor.isNext('$'))) {
            parts.add(quantified(atom(depth)));
        }
        return parts.size() == 1 ? parts.get(0) : new Series(List.copyOf(parts));
    }

    private Pattern atom(int depth) {
        int start = cursor.position();
        int c = cursor.next();
        return switch (c) {
            case '(' -> group(depth, start);
            case '[' -> characters(new CharacterClassReader(cursor).read());
            case '.' -> new Characters(dot);
            case '\\' -> characters(new EscapeReader(cursor).read(false));
            case '^', '$' ->
                throw cursor.unsupported("the anchor '" + Character.toString(c) + "' inside the expression", start);
            case '*', '+', '?' ->
                throw cursor.unsupported("'" + Character.toString(c) + "' with nothing to repeat", start);
            default -> characters(CodePoints.of(c));
        };
    }

    private Pattern characters(CodePoints set) {
        return new Characters(ignoreCase ? set.ignoringCase() : set);
    }

    private Pattern group(int depth, int start) {
        if (depth >= MAX_DEPTH) {
            throw cursor.unsupported("groups nested deeper than " + MAX_DEPTH, start);
        }
        if (looksAhead && depth == 0 && cursor.isNext('?') && (cursor.peek(1) == '=' || cursor.peek(1) == '!')) {
            return ahead(start);
        }
        CodePoints outerDot = dot;
        boolean outerIgnoreCase = ignoreCase;
        if (cursor.accept('?') && !flags()) {
            groupKind(start);
        }
        Pattern body = alternatives(depth + 1);
        if (!cursor.accept(')')) {
            throw cursor.unsupported("a group without its ')'", start);
        }
        dot = outerDot;
        ignoreCase = outerIgnoreCase;
        return body;
    }

    /** Reads the flags of a group, {@code is:}, if there are any. */
    private boolean flags() {
        int length = flagsAt(0);
        if (!flagsAllowed || length == 0 || cursor.peek(length) != ':') {
            return false;
        }
        applyNext(length);
        return true;
    }

    /** A look-ahead at the top level, where all that follows is known; {@code $} at its end means the end of the text. */
    private Pattern ahead(int start) {
        cursor.next();
        boolean found = cursor.next() == '=';
        List<Pattern> branches = new ArrayList<>();
        do {
            Pattern body = series(0);
            boolean atEnd = cursor.accept('$');
            branches.add(atEnd ? body : Pattern.series(body, Pattern.anything()));
        } while (cursor.accept('|'));
        if (!cursor.accept(')')) {
            throw cursor.unsupported("a group without its ')'", start);
        }
        return new Pattern.Ahead(anyOf(branches), found, Pattern.empty());
    }

    /** Reads what makes a group a plain one or one with a name; refuses the others. */
    private void groupKind(int start) {
        if (cursor.accept(':')) {
            return;
        }
        String refused = "a flag or comment group '(?'";
        if (cursor.isNext('=') || cursor.isNext('!')) {
            refused = "look-ahead";
        } else if (cursor.isNext('>')) {
            refused = "an atomic group";
        } else if (cursor.isNext('<') && (cursor.peek(1) == '=' || cursor.peek(1) == '!')) {
            refused = "look-behind";
        } else if (cursor.isNext('P') && cursor.peek(1) == '=') {
            refused = "a back-reference";
        } else if (cursor.isNext('<') || (cursor.accept('P') && cursor.isNext('<'))) {
            while (!cursor.atEnd()) {
                if (cursor.next() == '>') {
                    return;
                }
            }
        }
        throw cursor.unsupported(refused, start);
    }

    private Pattern quantified(Pattern body) {
        int min;
        int max;
        if (cursor.accept('*')) {
            min = 0;
            max = UNBOUNDED;
        } else if (cursor.accept('+')) {
            min = 1;
            max = UNBOUNDED;
        } else if (cursor.accept('?')) {
            min = 0;
            max = 1;
        } else if (isCount()) {
            int start = cursor.position();
            cursor.next();
            min = number();
            max = !cursor.accept(',') ? min : cursor.isNext('}') ? UNBOUNDED : number();
            cursor.next();
            if (max < min) {
                throw cursor.unsupported("a count whose upper bound " + max + " is less than " + min, start);
            }
        } else {
            return body;
        }
        if (cursor.isNext('+')) {
            throw cursor.unsupported("a possessive quantifier");
        }
        cursor.accept('?'); // A lazy quantifier matches the same texts.
        if (cursor.isNext('*') || cursor.isNext('?') || cursor.isNext('+') || isCount()) {
            throw cursor.unsupported("a quantifier after a quantifier");
        }
        return new Repeated(body, min, max);
    }

    /** Whether {@code {m}}, {@code {m,}} or {@code {m,n}} comes next; another brace is a literal, as in ECMA-262 and Python. */
    private boolean isCount() {
        if (!cursor.isNext('{') || !PatternCursor.isDigit(cursor.peek(1))) {
            return false;
        }
        int distance = 1;
        int commas = 0;
        while (PatternCursor.isDigit(cursor.peek(distance)) || (cursor.peek(distance) == ',' && commas == 0)) {
            commas += cursor.peek(distance) == ',' ? 1 : 0;
            distance++;
        }
        return cursor.peek(distance) == '}';
    }

    private int number() {
        int start = cursor.position();
        long value = 0;
        while (PatternCursor.isDigit(cursor.peek(0))) {
            value = Math.min(value * 10 + cursor.next() - '0', MAX_COUNT + 1L);
        }
        if (value > MAX_COUNT) {
            throw cursor.unsupported("a count above " + MAX_COUNT, start);
        }
        return (int) value;
    }
}
