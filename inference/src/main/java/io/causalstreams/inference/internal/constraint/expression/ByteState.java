package io.causalstreams.inference.internal.constraint.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state of a lexeme's automaton; its successors are found when first asked for, see {@link Automaton}.
 *
 * <p>Most states are passed once, with one byte: they keep a short list. Those a mask is computed from get a table.
 */
public final class ByteState {

    private static final int MAX_LISTED = 3;

    /** What is left to come. */
    public final Expression rest;

    public final boolean accepting;

    /** The state with its counters cut to what one token can tell apart; null = not asked for yet. */
    public @Nullable ByteState cut;

    private List<Way> ways = List.of();
    private @Nullable ByteState @Nullable [] table;

    /** All of {@code bytes} lead to the same state. */
    private record Way(ByteSet bytes, ByteState to) {}

    public ByteState(Expression rest) {
        this.rest = rest;
        this.accepting = rest.nullable();
    }

    /** The state after {@code value} as far as known, else null. */
    @Nullable
    public ByteState known(int value) {
        if (table != null) {
            return table[value];
        }
        for (Way way : ways) {
            if (way.bytes().contains(value)) {
                return way.to();
            }
        }
        return null;
    }

    public void learn(ByteSet bytes, ByteState to) {
        if (table == null && ways.size() == MAX_LISTED) {
            table = new ByteState[256];
            ways.forEach(way -> fill(way.bytes(), way.to()));
            ways = List.of();
        }
        if (table != null) {
            fill(bytes, to);
        } else {
            List<Way> more = new ArrayList<>(ways);
            more.add(new Way(bytes, to));
            ways = more;
        }
    }

    private void fill(ByteSet bytes, ByteState to) {
        for (int value = 0; value < 256; value++) {
            if (table != null && bytes.contains(value)) {
                table[value] = to;
            }
        }
    }
}
