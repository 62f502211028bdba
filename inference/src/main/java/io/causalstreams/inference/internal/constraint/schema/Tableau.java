package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns obligations on one value into the shapes that meet them: a semantic tableau, as for the modal logic that JSON Schema
 * is. Obligations on parts of the value (properties, items) are left standing in the shapes.
 *
 * <p>A schema that holds restricts the shape keyword by keyword ({@link Assertions}); {@code anyOf} and its like open a
 * choice, and every way out of it is a branch of its own. A schema that must fail is a choice between the ways to break one
 * of its keywords ({@link Violations}). So {@code not}, {@code oneOf} and {@code if} need nothing of their own.
 *
 * <p>Before a branch splits, what it already knows is used: ways that contradict it are left out, and a way that says
 * nothing new makes the choice superfluous.
 *
 * <p>Source: P. Bourhis, J. Reutter, F. Suárez and D. Vrgoč, JSON: data model, query languages and schema specification, PODS
 * 2017 (JSON Schema as a modal logic); R. Smullyan, First-Order Logic (1968), on tableaux.
 */
final class Tableau {

    private static final int MAX_SHAPES = 4_096;

    /** Obligations worked off for one schema document: references can make a short text stand for very many. */
    private static final int MAX_WORK = 400_000;

    private static final int MAX_LOOK_AHEAD = 3;

    private final Assertions assertions;
    private final Violations violations;
    private final Map<Set<Obligation>, List<Shape>> known = new HashMap<>();
    private final Map<Question, Boolean> answers = new HashMap<>();
    private int work;

    /** Levels that {@link #mayBeMet} may still look below the value it is asked about. */
    private int lookAhead = MAX_LOOK_AHEAD;

    /** Whether the obligations may be met, as far as one sees with this budget. */
    private record Question(Set<Obligation> obligations, int lookAhead) {}

    /** @param texts what strings are copied from that the schema wants verbatim; null = there is none */
    Tableau(SchemaDocument document, @Nullable List<String> texts) {
        this.assertions = new Assertions(document, this, texts);
        this.violations = new Violations(document);
    }

    /** The shapes whose values, together, are those that meet all obligations. */
    List<Shape> shapes(Collection<Obligation> obligations) {
        Set<Obligation> key = new LinkedHashSet<>(obligations);
        List<Shape> shapes = known.get(key);
        if (shapes == null) {
            List<Shape> found = new ArrayList<>();
            follow(rootOf(key), shape -> {
                if (found.size() >= MAX_SHAPES) {
                    throw new UnsupportedConstraintException(
                            "the schema is too large: its anyOf, oneOf, not and if give more than " + MAX_SHAPES
                                    + " combinations at one place");
                }
                found.add(shape);
                return false;
            });
            shapes = found;
            known.put(key, shapes);
        }
        return shapes;
    }

    private static Branch rootOf(Collection<Obligation> obligations) {
        Branch root = new Branch();
        root.pending.addAll(obligations);
        return root;
    }

    /**
     * Follows a branch to all its ends.
     *
     * @param enough told the shape at each end; true if no other is wanted
     * @return whether it was enough
     */
    private boolean follow(Branch branch, Predicate<Shape> enough) {
        while (true) {
            if (!workOff(branch)) {
                return false;
            }
            List<Branch.Way> choice = branch.choices.poll();
            if (choice == null) {
                assertions.closeUnevaluated(branch);
                return enough.test(branch.shape);
            }
            List<Branch> open = new ArrayList<>();
            boolean superfluous = false;
            List<Object> before = branch.shape.facts();
            for (Branch.Way way : choice) {
                Branch next = branch.copy();
                next.go(way);
                next.shape.settle();
                if (branch.met.containsAll(way.obligations())
                        && next.shape.facts().equals(before)) {
                    superfluous = true;
                    break;
                }
                if (!next.closed()) {
                    open.add(next);
                }
            }
            if (superfluous) {
                continue;
            }
            for (Branch next : open) {
                if (follow(next, enough)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Works off what is pending; false if nothing can meet it. */
    private boolean workOff(Branch branch) {
        while (!branch.pending.isEmpty()) {
            Obligation obligation = branch.pending.poll();
            if (obligation.isImpossible() || branch.met.contains(obligation.opposite())) {
                return false;
            }
            if (obligation.isTrivial() || !branch.met.add(obligation)) {
                continue;
            }
            if (++work > MAX_WORK) {
                throw new UnsupportedConstraintException(
                        "the schema is too large: with its references followed it has more than " + MAX_WORK
                                + " parts");
            }
            if (obligation.holds()) {
                assertions.add(obligation, branch);
            } else {
                branch.choose(obligation, violations.of(obligation.schema()));
            }
        }
        branch.shape.settle();
        return !branch.closed();
    }

    /** Whether a value may meet both; false only if none does. */
    boolean overlap(Obligation a, Obligation b) {
        return mayBeMet(Set.of(a, b));
    }

    /** Looks into required properties, and into the questions of {@link #overlap} that come up there, as far as the budget goes. */
    private boolean mayBeMet(Collection<Obligation> obligations) {
        if (lookAhead == 0) {
            return true;
        }
        Question question = new Question(Set.copyOf(obligations), lookAhead);
        Boolean answer = answers.get(question);
        if (answer == null) {
            lookAhead--;
            try {
                answer = follow(rootOf(obligations), this::mayBeMet);
            } finally {
                lookAhead++;
            }
            answers.put(question, answer);
        }
        return answer;
    }

    private boolean mayBeMet(Shape shape) {
        if (!shape.types.equals(Set.of(JsonType.OBJECT))) {
            return true;
        }
        for (String name : shape.required) {
            Set<Obligation> value = new LinkedHashSet<>(shape.properties.getOrDefault(name, Set.of()));
            for (Shape.Rest rest : shape.rests) {
                if (rest.patterns().isEmpty() && !rest.names().contains(name)) {
                    value.add(rest.value());
                }
            }
            if (!mayBeMet(value)) {
                return false;
            }
        }
        return true;
    }
}
