package io.causalstreams.inference.internal.constraint.pattern;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of Unicode scalar values (code points without surrogates) as sorted ranges that do not touch. Immutable. */
public record CodePoints(List<Range> ranges) {

    public static final CodePoints NONE = new CodePoints(List.of());
    public static final CodePoints ALL =
            new CodePoints(List.of(new Range(0, 0xD7FF), new Range(0xE000, Character.MAX_CODE_POINT)));

    /** The last character that has two cases, in Unicode 16. */
    private static final int LAST_CASED = 0x1E943;

    /** From {@code low} to {@code high}, both included. */
    public record Range(int low, int high) {}

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    public static CodePoints range(int low, int high) {
        return new CodePoints(List.of(new Range(low, high))).and(ALL);
    }

    /** Each code point of {@code text}. */
    public static CodePoints anyOf(String text) {
        return normalized(text.codePoints().mapToObj(c -> new Range(c, c)).toList());
    }

    public static CodePoints where(IntPredicate predicate) {
        List<Range> ranges = new ArrayList<>();
        int low = -1;
        for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
            boolean inside = c <= Character.MAX_CODE_POINT && predicate.test(c);
            if (inside && low < 0) {
                low = c;
            } else if (!inside && low >= 0) {
                ranges.add(new Range(low, c - 1));
                low = -1;
            }
        }
        return new CodePoints(ranges).and(ALL);
    }

    private static CodePoints normalized(List<Range> unsorted) {
        List<Range> result = new ArrayList<>();
        for (Range range :
                unsorted.stream().sorted(Comparator.comparingInt(Range::low)).toList()) {
            int last = result.size() - 1;
            if (last >= 0 && range.low() <= result.get(last).high() + 1) {
                result.set(
                        last,
                        new Range(
                                result.get(last).low(),
                                Math.max(result.get(last).high(), range.high())));
            } else {
                result.add(range);
            }
        }
        return new CodePoints(List.copyOf(result));
    }

    /** With the other case of each letter. */
    public CodePoints ignoringCase() {
        StringBuilder others = new StringBuilder();
        for (Range range : ranges) {
            for (int c = range.low(); c <= Math.min(range.high(), LAST_CASED); c++) {
                if (Character.isLetter(c)) {
                    others.appendCodePoint(Character.toLowerCase(c)).appendCodePoint(Character.toUpperCase(c));
                }
            }
        }
        return or(anyOf(others.toString()));
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether it holds exactly one. */
    public boolean isSingle() {
        return ranges.size() == 1 && ranges.get(0).low() == ranges.get(0).high();
    }

    public boolean contains(int codePoint) {
        return ranges.stream().anyMatch(range -> range.low() <= codePoint && codePoint <= range.high());
    }

    public CodePoints or(CodePoints other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return normalized(all);
    }

    public CodePoints and(CodePoints other) {
        List<Range> result = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < ranges.size() && j < other.ranges.size()) {
            Range a = ranges.get(i);
            Range b = other.ranges.get(j);
            int low = Math.max(a.low(), b.low());
            int high = Math.min(a.high(), b.high());
            if (low <= high) {
                result.add(new Range(low, high));
            }
            if (a.high() < b.high()) {
                i++;
            } else {
                j++;
            }
        }
        return new CodePoints(List.copyOf(result));
    }

    public CodePoints not() {
        List<Range> gaps = new ArrayList<>();
        int low = 0;
        for (Range range : ranges) {
            if (low < range.low()) {
                gaps.add(new Range(low, range.low() - 1));
            }
            low = range.high() + 1;
        }
        if (low <= Character.MAX_CODE_POINT) {
            gaps.add(new Range(low, Character.MAX_CODE_POINT));
        }
        return new CodePoints(gaps).and(ALL);
    }
}
