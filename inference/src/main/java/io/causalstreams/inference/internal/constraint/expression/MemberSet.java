package io.causalstreams.inference.internal.constraint.expression;

import io.causalstreams.inference.internal.constraint.expression.Expression.Members;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Members of an object, which may come in any order: each of {@code members} once at most, {@code other} again and again.
 * Which were written is kept in {@link Members}, so n members need no n! rules. Equality is identity. Immutable.
 */
public final class MemberSet {

    final List<Expression> members;
    final Expression other;
    private final BitSet required;
    private final int min;
    private final int max;
    private final Expression comma;
    private final Expression end;
    private final Expression endOfNone;

    /**
     * @param required those of {@code members} that must be written, by index
     * @param other any other member; {@link Expressions#NEVER} for none
     * @param min least number of members; of the others one counts, for two may have the same key
     * @param max most members
     * @param comma what stands between two members
     * @param end what stands behind the last; {@code endOfNone} if there is none
     */
    public MemberSet(
            List<Expression> members,
            BitSet required,
            Expression other,
            int min,
            int max,
            Expression comma,
            Expression end,
            Expression endOfNone) {
        this.members = List.copyOf(members);
        this.required = required;
        this.other = other;
        this.min = min;
        this.max = max;
        this.comma = comma;
        this.end = end;
        this.endOfNone = endOfNone;
    }

    /** Whether there is a way to the end. */
    boolean canEnd(Predicate<Expression> memberCan) {
        int possible = memberCan.test(other) ? 1 : 0;
        for (int i = 0; i < members.size(); i++) {
            boolean can = memberCan.test(members.get(i));
            if (required.get(i) && !can) {
                return false;
            }
            possible += can ? 1 : 0;
        }
        return possible >= min && required.cardinality() <= max;
    }

    /** The same with each member changed; those that become {@link Expressions#NEVER} are not written. */
    MemberSet with(UnaryOperator<Expression> change) {
        List<Expression> changed = members.stream().map(change).toList();
        return new MemberSet(changed, required, change.apply(other), min, max, comma, end, endOfNone);
    }

    /** What can come next: a member and what may follow it, or the end. */
    Expression expand(BitSet written, int others, Expressions expressions) {
        int count = written.cardinality();
        BitSet missing = (BitSet) required.clone();
        missing.andNot(written);
        boolean none = count + others == 0;
        boolean room = (long) count + others + missing.cardinality() < max;
        Expression separator = none ? Expressions.EMPTY : comma;
        List<Expression> ways = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            if (!written.get(i) && (room || missing.get(i))) {
                BitSet more = (BitSet) written.clone();
                more.set(i);
                ways.add(expressions.sequence(separator, members.get(i), expressions.members(this, more, others)));
            }
        }
        if (room) {
            int more = max == Expression.UNBOUNDED ? 1 : others + 1;
            ways.add(expressions.sequence(separator, other, expressions.members(this, written, more)));
        }
        if (missing.isEmpty() && count + Math.min(others, 1) >= min) {
            ways.add(none ? endOfNone : end);
        }
        return expressions.union(ways);
    }
}
