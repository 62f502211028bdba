package io.causalstreams.inference.internal.constraint.expression;

import io.causalstreams.inference.internal.constraint.expression.Expression.Complement;
import io.causalstreams.inference.internal.constraint.expression.Expression.Intersection;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over bytes that is made state by state, when a way is first gone. The automaton of an
 * intersection, union or complement is put together from those of its parts, so that a part is in few states however many
 * the whole has, and none of a part that the others rule out.
 *
 * <p>State 0 is the first one; {@link ByteTable#DEAD} is none. Threading: one thread at a time.
 */
abstract sealed class Exploration {

    private static final int UNKNOWN = -2;

    /** Class of each byte: bytes of a class lead to the same state everywhere. */
    final int[] classOf;

    /** One byte of each class. */
    final int[] members;

    private final List<int[]> rows = new ArrayList<>();

    private Exploration(ByteClasses classes) {
        this.classOf = classes.classes();
        this.members = classes.representatives();
    }

    /** @param known those of expressions explored before; what is made now is put there too */
    static Exploration of(Expression root, Expressions expressions, Map<Expression, Exploration> known) {
        Exploration before = known.get(root);
        if (before != null) {
            return before;
        }
        Exploration made;
        if (root instanceof Intersection both) {
            made = new Pair(of(both.left, expressions, known), of(both.right, expressions, known), true);
        } else if (root instanceof Complement complement) {
            made = new Opposite(of(complement.body, expressions, known));
        } else if (root instanceof Union union && union.branches.stream().anyMatch(Exploration::isBoolean)) {
            Expression first = union.branches.get(0);
            Expression rest = expressions.union(union.branches.subList(1, union.branches.size()));
            made = new Pair(of(first, expressions, known), of(rest, expressions, known), false);
        } else {
            made = new Derived(root, expressions);
        }
        known.put(root, made);
        return made;
    }

    private static boolean isBoolean(Expression expression) {
        return expression instanceof Intersection || expression instanceof Complement;
    }

    /** The state after a byte of {@code byteClass}. */
    final int next(int state, int byteClass) {
        while (rows.size() <= state) {
            int[] row = new int[members.length];
            Arrays.fill(row, UNKNOWN);
            rows.add(row);
        }
        int[] row = rows.get(state);
        if (row[byteClass] == UNKNOWN) {
            find(state, byteClass, row);
        }
        return row[byteClass];
    }

    /** Fills in the next state for the class, and for others of which it is known to be the same. */
    abstract void find(int state, int byteClass, int[] row);

    abstract boolean accepting(int state);

    /** States found so far, those of parts not among them. */
    abstract int size();

    /** By derivatives. */
    private static final class Derived extends Exploration {

        private final Expressions expressions;
        private final List<Expression> states = new ArrayList<>();
        private final Map<Expression, Integer> numbers = new HashMap<>();

        Derived(Expression root, Expressions expressions) {
            super(ByteClasses.of(root));
            this.expressions = expressions;
            number(root);
        }

        private int number(Expression state) {
            return state == Expressions.NEVER
                    ? ByteTable.DEAD
                    : numbers.computeIfAbsent(state, unknown -> {
                        states.add(unknown);
                        return states.size() - 1;
                    });
        }

        @Override
        void find(int state, int byteClass, int[] row) {
            Expression from = states.get(state);
            int value = members[byteClass];
            int to = number(expressions.derivative(from, value));
            ByteSet alike = Expressions.alike(from, value);
            for (int other = 0; other < row.length; other++) {
                if (alike.contains(members[other])) {
                    row[other] = to;
                }
            }
        }

        @Override
        boolean accepting(int state) {
            return states.get(state).nullable();
        }

        @Override
        int size() {
            return states.size();
        }
    }

    /** Two side by side: what both accept, or what one of them does. */
    private static final class Pair extends Exploration {

        private final Exploration left;
        private final Exploration right;
        private final boolean both;
        private final List<Long> states = new ArrayList<>();
        private final Map<Long, Integer> numbers = new HashMap<>();

        /** The states that were paired last, and their number: most classes lead to the same. */
        private int lastLeft;

        private int lastRight;
        private int last;

        Pair(Exploration left, Exploration right, boolean both) {
            super(ByteClasses.refining(left.classOf, right.classOf));
            this.left = left;
            this.right = right;
            this.both = both;
            number(0, 0);
        }

        private int number(int atLeft, int atRight) {
            boolean leftDead = atLeft == ByteTable.DEAD;
            boolean rightDead = atRight == ByteTable.DEAD;
            if (both ? leftDead || rightDead : leftDead && rightDead) {
                return ByteTable.DEAD;
            }
            return numbers.computeIfAbsent(((long) atLeft << 32) | (atRight & 0xFFFF_FFFFL), unknown -> {
                states.add(unknown);
                return states.size() - 1;
            });
        }

        private int atLeft(int state) {
            return (int) (states.get(state) >> 32);
        }

        private int atRight(int state) {
            return states.get(state).intValue();
        }

        @Override
        void find(int state, int byteClass, int[] row) {
            int value = members[byteClass];
            int atLeft = atLeft(state);
            int atRight = atRight(state);
            int nextLeft = atLeft == ByteTable.DEAD ? ByteTable.DEAD : left.next(atLeft, left.classOf[value]);
            if (both && nextLeft == ByteTable.DEAD) {
                row[byteClass] = ByteTable.DEAD;
                return;
            }
            int nextRight = atRight == ByteTable.DEAD ? ByteTable.DEAD : right.next(atRight, right.classOf[value]);
            if (nextLeft != lastLeft || nextRight != lastRight) {
                lastLeft = nextLeft;
                lastRight = nextRight;
                last = number(nextLeft, nextRight);
            }
            row[byteClass] = last;
        }

        @Override
        boolean accepting(int state) {
            boolean acceptingLeft = atLeft(state) != ByteTable.DEAD && left.accepting(atLeft(state));
            boolean acceptingRight = atRight(state) != ByteTable.DEAD && right.accepting(atRight(state));
            return both ? acceptingLeft && acceptingRight : acceptingLeft || acceptingRight;
        }

        @Override
        int size() {
            return states.size();
        }
    }

    /** What another does not accept: states are one more than its own, and 1 is where it is dead. */
    private static final class Opposite extends Exploration {

        /** Where the other is dead; behind its first state, which stays the first. */
        private static final int ANYTHING = 1;

        private final Exploration body;

        Opposite(Exploration body) {
            super(ByteClasses.refining(body.classOf, body.classOf));
            this.body = body;
        }

        private static int inBody(int state) {
            return state == 0 ? 0 : state - 1;
        }

        @Override
        void find(int state, int byteClass, int[] row) {
            int next = state == ANYTHING ? ByteTable.DEAD : body.next(inBody(state), body.classOf[members[byteClass]]);
            row[byteClass] = next == ByteTable.DEAD ? ANYTHING : next == 0 ? 0 : next + 1;
        }

        @Override
        boolean accepting(int state) {
            return state == ANYTHING || !body.accepting(inBody(state));
        }

        @Override
        int size() {
            return body.size() + 1;
        }
    }
}
