package io.causalstreams.inference.internal.constraint.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over bytes, fully explored, without states from which nothing can be accepted. That makes
 * intersections and complements usable, of which one cannot see whether they still contain a string. Immutable.
 */
public final class ByteTable {

    public static final int DEAD = -1;

    private static final int MAX_STATES = 10_000;

    /** Class of each byte: bytes of a class lead to the same state everywhere. */
    private final int[] classes;

    /** Next state by state and class. */
    private final int[][] next;

    private final BitSet accepting;

    private ByteTable(int[] classes, int[][] next, BitSet accepting) {
        this.classes = classes;
        this.next = next;
        this.accepting = accepting;
    }

    /**
     * The same language without intersections and complements.
     *
     * @throws UnsupportedConstraintException if that takes more than {@value #MAX_STATES} states
     */
    public static Expression explore(Expression root, Expressions expressions) {
        ByteClasses byteClasses = ByteClasses.of(root);
        Map<Expression, Integer> numbers = new HashMap<>(Map.of(root, 0));
        List<Expression> states = new ArrayList<>(List.of(root));
        List<int[]> next = new ArrayList<>();
        for (int state = 0; state < states.size(); state++) {
            expressions.countExplored(1);
            int[] row = new int[byteClasses.count()];
            BitSet done = new BitSet();
            for (int byteClass = 0; byteClass < row.length; byteClass = done.nextClearBit(byteClass)) {
                int value = byteClasses.representative(byteClass);
                Expression derivative = expressions.derivative(states.get(state), value);
                int to = derivative == Expressions.NEVER
                        ? DEAD
                        : numbers.computeIfAbsent(derivative, unknown -> {
                            states.add(unknown);
                            return states.size() - 1;
                        });
                ByteSet alike = Expressions.alike(states.get(state), value);
                for (int other = byteClass; other < row.length; other++) {
                    if (alike.contains(byteClasses.representative(other))) {
                        row[other] = to;
                        done.set(other);
                    }
                }
            }
            next.add(row);
            if (states.size() > MAX_STATES) {
                throw new UnsupportedConstraintException(
                        "they need more than " + MAX_STATES + " states; use smaller bounds");
            }
        }
        BitSet accepting = new BitSet();
        for (int state = 0; state < states.size(); state++) {
            accepting.set(state, states.get(state).nullable());
        }
        int[][] rows = next.toArray(int[][]::new);
        if (!removeDead(rows, accepting)) {
            return Expressions.NEVER;
        }
        return expressions.tableState(new ByteTable(byteClasses.classes(), rows, accepting), 0);
    }

    /**
     * An automaton at its first state.
     *
     * @param classes class of each byte
     * @param next next state by state and class, or {@link #DEAD}
     */
    public static Expression of(int[] classes, int[][] next, BitSet accepting, Expressions expressions) {
        return removeDead(next, accepting)
                ? expressions.tableState(new ByteTable(classes, next, accepting), 0)
                : Expressions.NEVER;
    }

    /** The bytes of each class. */
    List<ByteSet> sets() {
        Map<Integer, ByteSet> sets = new HashMap<>();
        for (int value = 0; value < classes.length; value++) {
            sets.merge(classes[value], ByteSet.of(value), ByteSet::or);
        }
        return List.copyOf(sets.values());
    }

    /** Cuts the ways to states that cannot accept any more; returns whether the first state can. */
    private static boolean removeDead(int[][] rows, BitSet accepting) {
        BitSet live = (BitSet) accepting.clone();
        int before;
        do {
            before = live.cardinality();
            for (int state = rows.length - 1; state >= 0; state--) {
                if (!live.get(state) && Arrays.stream(rows[state]).anyMatch(to -> to != DEAD && live.get(to))) {
                    live.set(state);
                }
            }
        } while (live.cardinality() > before);
        for (int[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] != DEAD && live.get(row[i]) ? row[i] : DEAD;
            }
        }
        return live.get(0);
    }

    public int next(int state, int value) {
        return next[state][classes[value]];
    }

    /** The bytes that lead where {@code value} leads, from every state. */
    public ByteSet alike(int value) {
        ByteSet alike = ByteSet.NONE;
        for (int other = 0; other < classes.length; other++) {
            if (classes[other] == classes[value]) {
                alike = alike.or(ByteSet.of(other));
            }
        }
        return alike;
    }

    public boolean accepting(int state) {
        return accepting.get(state);
    }

    /** Whether nothing can follow. */
    public boolean isFinal(int state) {
        return Arrays.stream(next[state]).allMatch(to -> to == DEAD);
    }
}
