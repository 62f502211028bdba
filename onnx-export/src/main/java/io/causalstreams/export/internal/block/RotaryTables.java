package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * Tables of cos and sin, shape (positions, paddedDim / 2), that layers with equal rotary positions share. Where long sequences
 * turn otherwise ({@link Rotary#extended}), their table follows behind that of short ones: shape (short positions + positions,
 * paddedDim / 2).
 *
 * <p>Pairs beyond {@link Rotary#pairs()} do not turn: cos 1, sin 0.
 */
final class RotaryTables {
    /** Of a piece. */
    private static final int POSITIONS = 1024;

    private final Scope scope;
    private final int positions;
    private final int columns;
    private final Map<Rotary, Pair> tables = new HashMap<>();

    RotaryTables(Scope scope, int positions, HeadLayout layout) {
        this.scope = scope;
        this.positions = positions;
        this.columns = layout.paddedDim() / 2;
    }

    Pair of(Rotary rotary) {
        return tables.computeIfAbsent(rotary, r -> {
            String suffix = tables.isEmpty() ? "" : "." + tables.size();
            return new Pair(
                    table("cos" + suffix, r, (from, position, pair) -> pair < r.pairs() ? from.cos(position, pair) : 1),
                    table(
                            "sin" + suffix,
                            r,
                            (from, position, pair) -> pair < r.pairs() ? from.sin(position, pair) : 0));
        });
    }

    private Value table(String name, Rotary rotary, Element element) {
        int shorter = rotary.extended() == null ? 0 : rotary.extended().above();
        int rows = shorter + positions;
        Rotary ofShort = rotary.shortOnly();
        Rotary ofLong = rotary.extendedOnly();
        return scope.reals(
                name,
                new long[] {rows, columns},
                () -> new TensorData(
                        ElementType.FLOAT, (long) rows * columns, columns * POSITIONS, (first, count, target) -> {
                            int begin = (int) (first / columns);
                            for (int row = begin; row < begin + count / columns; row++) {
                                for (int pair = 0; pair < columns; pair++) {
                                    target.putFloat(
                                            row < shorter
                                                    ? element.at(ofShort, row, pair)
                                                    : element.at(ofLong, row - shorter, pair));
                                }
                            }
                        }));
    }

    /** The two tables of one rotation. */
    record Pair(Value cos, Value sin) {}

    private interface Element {
        float at(Rotary rotary, int position, int pair);
    }
}
