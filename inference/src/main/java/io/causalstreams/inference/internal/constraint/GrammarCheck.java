package io.causalstreams.inference.internal.constraint;

import io.causalstreams.inference.internal.constraint.Expression.Reference;
import io.causalstreams.inference.internal.constraint.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.Expression.Union;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What makes a recursive grammar safe to run: no rule leads back to itself before a byte is written, and every rule can end.
 * Rules that cannot are taken out of the others.
 */
final class GrammarCheck {

    private static final int MAX_CHAIN = 100;

    private final Expressions expressions;
    private final List<Rule> rules;
    private final Set<Rule> checked = new HashSet<>();
    private final Set<Rule> productive = new HashSet<>();
    private final Set<Expression> ending = new HashSet<>();

    GrammarCheck(Expressions expressions, List<Rule> rules) {
        this.expressions = expressions;
        this.rules = rules;
    }

    /** @throws UnsupportedConstraintException if a rule refers to itself without anything in front */
    void run() {
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
    private boolean canEnd(Expression expression, Set<Expression> notYet) {
        if (ending.contains(expression)) {
            return true;
        }
        if (expression == Expressions.NEVER || notYet.contains(expression)) {
            return false;
        }
        boolean canEnd = true;
        if (expression instanceof Reference reference) {
            canEnd = productive.contains(reference.rule);
        } else if (expression instanceof Sequence sequence) {
            canEnd = canEnd(sequence.first, notYet) && canEnd(sequence.rest, notYet);
        } else if (expression instanceof Union union) {
            canEnd = false;
            for (Expression branch : union.branches) {
                canEnd |= canEnd(branch, notYet);
            }
        } else if (expression instanceof Repetition repetition) {
            canEnd = repetition.min == 0 || canEnd(repetition.body, notYet);
        }
        (canEnd ? ending : notYet).add(expression);
        return canEnd;
    }

    private Expression prune(Expression expression, Map<Expression, Expression> pruned) {
        Expression known = pruned.get(expression);
        if (known != null) {
            return known;
        }
        Expression result = expression;
        if (expression instanceof Reference reference) {
            result = productive.contains(reference.rule) ? expression : Expressions.NEVER;
        } else if (expression instanceof Sequence sequence) {
            result = expressions.sequence(prune(sequence.first, pruned), prune(sequence.rest, pruned));
        } else if (expression instanceof Union union) {
            result = expressions.union(
                    union.branches.stream().map(branch -> prune(branch, pruned)).toList());
        } else if (expression instanceof Repetition repetition) {
            result = expressions.repetition(prune(repetition.body, pruned), repetition.min, repetition.max);
        }
        pruned.put(expression, result);
        return result;
    }
}
