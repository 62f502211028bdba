package io.causalstreams.inference.internal.constraint.expression;

import io.causalstreams.inference.internal.constraint.expression.Expression.Members;
import io.causalstreams.inference.internal.constraint.expression.Expression.Reference;
import io.causalstreams.inference.internal.constraint.expression.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.expression.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What makes a recursive grammar safe to run: no rule leads back to itself before a byte is written, and every rule can end.
 * Rules that cannot are taken out of the others.
 */
public final class GrammarCheck {

    private static final int MAX_CHAIN = 100;

    private final Expressions expressions;
    private final List<Rule> rules;
    private final Set<Rule> checked = new HashSet<>();
    private final Set<Rule> productive = new HashSet<>();
    private final Set<Expression> ending = new HashSet<>();

    public GrammarCheck(Expressions expressions, List<Rule> rules) {
        this.expressions = expressions;
        this.rules = rules;
    }

    /**
     * Checks and prunes.
     *
     * @throws UnsupportedConstraintException if a rule refers to itself without anything in front
     */
    public void run() {
        for (Rule rule : rules) {
            checkChain(rule.body(), rule, 0);
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            Set<Expression> notYet = new HashSet<>();
            for (int i = rules.size() - 1; i >= 0; i--) {
                if (!productive.contains(rules.get(i)) && canEnd(rules.get(i).body(), notYet)) {
                    productive.add(rules.get(i));
                    grown = true;
                }
            }
        }
        Map<Expression, Expression> pruned = new HashMap<>();
        for (Rule rule : rules) {
            rule.define(prune(rule.body(), pruned));
        }
    }

    private void checkChain(Expression expression, Rule from, int length) {
        if (length > MAX_CHAIN) {
            throw new UnsupportedConstraintException("the schema at " + from.name()
                    + " refers to itself without anything between, or through more than " + MAX_CHAIN + " references");
        }
        if (expression instanceof Reference reference && !checked.contains(reference.rule)) {
            checkChain(reference.rule.body(), from, length + 1);
            checked.add(reference.rule);
        } else if (expression instanceof Union union) {
            union.branches.forEach(branch -> checkChain(branch, from, length + 1));
        }
    }

    /** @param notYet expressions found in this round not to be able to end */
    private boolean canEnd(Expression root, Set<Expression> notYet) {
        visit(root, e -> ending.contains(e) || notYet.contains(e), e -> (endsNow(e) ? ending : notYet).add(e));
        return ending.contains(root);
    }

    /** Whether it can end, its parts being judged already. */
    private boolean endsNow(Expression expression) {
        if (expression instanceof Reference reference) {
            return productive.contains(reference.rule);
        } else if (expression instanceof Sequence sequence) {
            return ending.contains(sequence.first) && ending.contains(sequence.rest);
        } else if (expression instanceof Union union) {
            return union.branches.stream().anyMatch(ending::contains);
        } else if (expression instanceof Repetition repetition) {
            return repetition.min == 0 || ending.contains(repetition.body);
        } else if (expression instanceof Members members) {
            return members.set.canEnd(ending::contains);
        }
        return expression != Expressions.NEVER;
    }

    private Expression prune(Expression root, Map<Expression, Expression> pruned) {
        visit(root, pruned::containsKey, e -> pruned.put(e, pruneNow(e, pruned)));
        return Objects.requireNonNull(pruned.get(root));
    }

    private Expression pruneNow(Expression expression, Map<Expression, Expression> pruned) {
        if (expression instanceof Reference reference) {
            return productive.contains(reference.rule) ? expression : Expressions.NEVER;
        } else if (expression instanceof Sequence sequence) {
            return expressions.sequence(part(sequence.first, pruned), part(sequence.rest, pruned));
        } else if (expression instanceof Union union) {
            return expressions.union(
                    union.branches.stream().map(branch -> part(branch, pruned)).toList());
        } else if (expression instanceof Repetition repetition) {
            return expressions.repetition(part(repetition.body, pruned), repetition.min, repetition.max);
        } else if (expression instanceof Members members) {
            MemberSet set = members.set.with(member -> part(member, pruned));
            return set.canEnd(member -> member != Expressions.NEVER) ? expressions.members(set) : Expressions.NEVER;
        }
        return expression;
    }

    private static Expression part(Expression expression, Map<Expression, Expression> pruned) {
        return Objects.requireNonNull(pruned.get(expression));
    }

    /** Concludes parts before wholes; without recursion, for the properties of an object are a deep expression. */
    private static void visit(Expression root, Predicate<Expression> known, Consumer<Expression> conclude) {
        Deque<Expression> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Expression expression = pending.peek();
            if (known.test(expression)) {
                pending.pop();
                continue;
            }
            boolean ready = true;
            for (Expression part : ByteClasses.partsOf(expression)) {
                if (!known.test(part)) {
                    pending.push(part);
                    ready = false;
                }
            }
            if (ready) {
                conclude.accept(expression);
                pending.pop();
            }
        }
    }
}
