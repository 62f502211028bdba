package io.causalstreams.inference.internal.constraint.expression;

import io.causalstreams.inference.internal.constraint.expression.Expression.Bytes;
import io.causalstreams.inference.internal.constraint.expression.Expression.Complement;
import io.causalstreams.inference.internal.constraint.expression.Expression.Intersection;
import io.causalstreams.inference.internal.constraint.expression.Expression.Literals;
import io.causalstreams.inference.internal.constraint.expression.Expression.Members;
import io.causalstreams.inference.internal.constraint.expression.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.expression.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.expression.Expression.TableState;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bytes that a regular expression cannot tell apart.
 *
 * @param classOf class by byte, 0..count-1
 * @param members one byte of each class
 */
record ByteClasses(List<Integer> classOf, List<Integer> members) {

    static ByteClasses of(Expression root) {
        Set<ByteSet> sets = setsIn(root);
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<Integer> classOf = new ArrayList<>();
        List<Integer> members = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            BitSet signature = new BitSet(sets.size());
            int index = 0;
            for (ByteSet set : sets) {
                signature.set(index++, set.contains(value));
            }
            Integer number = numbers.putIfAbsent(signature, members.size());
            classOf.add(number == null ? members.size() : number);
            if (number == null) {
                members.add(value);
            }
        }
        return new ByteClasses(classOf, members);
    }

    /** Those that neither of two partitions into classes can tell apart. */
    static ByteClasses refining(int[] a, int[] b) {
        Map<List<Integer>, Integer> numbers = new HashMap<>();
        List<Integer> classOf = new ArrayList<>();
        List<Integer> members = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            Integer number = numbers.putIfAbsent(List.of(a[value], b[value]), members.size());
            classOf.add(number == null ? members.size() : number);
            if (number == null) {
                members.add(value);
            }
        }
        return new ByteClasses(classOf, members);
    }

    private static Set<ByteSet> setsIn(Expression root) {
        Set<ByteSet> sets = new HashSet<>();
        BitSet single = new BitSet(256);
        Set<Expression> seen = new HashSet<>();
        Deque<Expression> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Expression expression = pending.pop();
            if (!seen.add(expression)) {
                continue;
            }
            if (expression instanceof Bytes bytes) {
                sets.add(bytes.set);
            } else if (expression instanceof Literals literals) {
                single.or(literals.set.bytesUsed());
            } else if (expression instanceof TableState at) {
                sets.addAll(at.table.sets());
            }
            pending.addAll(partsOf(expression));
        }
        single.stream().mapToObj(ByteSet::of).forEach(sets::add);
        return sets;
    }

    /** The expressions directly below. */
    static List<Expression> partsOf(Expression expression) {
        if (expression instanceof Sequence sequence) {
            return List.of(sequence.first, sequence.rest);
        } else if (expression instanceof Union union) {
            return union.branches;
        } else if (expression instanceof Repetition repetition) {
            return List.of(repetition.body);
        } else if (expression instanceof Intersection both) {
            return List.of(both.left, both.right);
        } else if (expression instanceof Complement complement) {
            return List.of(complement.body);
        } else if (expression instanceof Members members) {
            List<Expression> parts = new ArrayList<>(members.set.members);
            parts.add(members.set.other);
            return parts;
        }
        return List.of();
    }

    int[] representatives() {
        return members.stream().mapToInt(Integer::intValue).toArray();
    }

    int[] classes() {
        return classOf.stream().mapToInt(Integer::intValue).toArray();
    }
}
