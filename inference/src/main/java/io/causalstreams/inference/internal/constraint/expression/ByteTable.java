package io.causalstreams.inference.internal.constraint.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

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

    /** States that nothing can follow. */
    private final BitSet finals = new BitSet();

    /** The bytes of each class. */
    private final List<ByteSet> sets;

    private ByteTable(int[] classes, int[][] next, BitSet accepting) {
        this.classes = classes;
        this.next = next;
        this.accepting = accepting;
        this.sets = setsOf(classes);
        for (int state = 0; state < next.length; state++) {
            finals.set(state, Arrays.stream(next[state]).allMatch(to -> to == DEAD));
        }
    }

    private static List<ByteSet> setsOf(int[] classes) {
        ByteSet[] sets = new ByteSet[Arrays.stream(classes).max().orElse(0) + 1];
        Arrays.fill(sets, ByteSet.NONE);
        for (int value = 0; value < classes.length; value++) {
            sets[classes[value]] = sets[classes[value]].or(ByteSet.of(value));
        }
        return List.of(sets);
    }

    /**
     * The same language without intersections and complements.
     *
     * @throws UnsupportedConstraintException if that takes more than {@value #MAX_STATES} states
     */
    public static Expression explore(Expression root, Expressions expressions) {
        Exploration found = expressions.exploration(root);
        List<int[]> rows = new ArrayList<>();
        BitSet accepting = new BitSet();
        for (int state = 0; state < found.size(); state++) {
            expressions.countExplored(1);
            int[] row = new int[found.members.length];
            for (int byteClass = 0; byteClass < row.length; byteClass++) {
                row[byteClass] = found.next(state, byteClass);
            }
            rows.add(row);
            accepting.set(state, found.accepting(state));
            if (found.size() > MAX_STATES) {
                throw new UnsupportedConstraintException(
                        "they need more than " + MAX_STATES + " states; use smaller bounds");
            }
        }
        return of(found.classOf, rows.toArray(int[][]::new), accepting, expressions);
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
        return sets;
    }

    /** Cuts the ways to states that cannot accept any more; returns whether the first state can. */
    private static boolean removeDead(int[][] rows, BitSet accepting) {
        // In the end, states before[start[s]] up to before[end[s]], excluded, lead to state s.
        int[] end = new int[rows.length];
        for (int[] row : rows) {
            for (int to : row) {
                if (to != DEAD) {
                    end[to]++;
                }
            }
        }
        for (int state = 1; state < rows.length; state++) {
            end[state] += end[state - 1];
        }
        int[] before = new int[rows.length == 0 ? 0 : end[rows.length - 1]];
        int[] start = end.clone();
        for (int state = 0; state < rows.length; state++) {
            for (int to : rows[state]) {
                if (to != DEAD) {
                    before[--start[to]] = state;
                }
            }
        }
        BitSet live = (BitSet) accepting.clone();
        int[] pending = Arrays.copyOf(accepting.stream().toArray(), rows.length);
        int count = accepting.cardinality();
        while (count > 0) {
            int reached = pending[--count];
            for (int i = start[reached]; i < end[reached]; i++) {
                if (!live.get(before[i])) {
                    live.set(before[i]);
                    pending[count++] = before[i];
                }
            }
        }
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
        return sets.get(classes[value]);
    }

    public boolean accepting(int state) {
        return accepting.get(state);
    }

    /** Whether nothing can follow. */
    public boolean isFinal(int state) {
        return finals.get(state);
    }
}
