package io.causalstreams.inference.internal.constraint.expression;

import io.causalstreams.inference.internal.constraint.expression.Expression.Lexeme;
import io.causalstreams.inference.internal.constraint.expression.Expression.Members;
import io.causalstreams.inference.internal.constraint.expression.Expression.Reference;
import io.causalstreams.inference.internal.constraint.expression.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.expression.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a grammar over bytes.
 *
 * <p>A position is a list of {@linkplain Reading readings}: usually one; several while alternatives look the same, for
 * instance two object shapes of an {@code anyOf} before the first property that differs. Within a lexeme a byte costs one
 * array look-up per reading.
 *
 * <p>At most {@value #MAX_READINGS} readings are followed; later ones (in the order of the schema) are given up. That only
 * narrows what can be written: a text is never wrong because of it, nor is there a position without a way on.
 *
 * <p>Threading: one thread at a time.
 */
public final class Automaton {

    public static final ByteState DEAD = new ByteState(Expressions.NEVER);

    private static final int MAX_READINGS = 1_024;
    private static final int MAX_STATES = 4_096;
    private static final int MAX_EXPRESSIONS = 50_000;

    private final Expressions expressions;
    private final Map<Expression, ByteState> states = new HashMap<>();
    private final Map<Expression, List<Reading>> starts = new HashMap<>();

    public Automaton(Expressions expressions) {
        this.expressions = expressions;
    }

    /** The state of a lexeme of which {@code rest} is left. */
    public ByteState state(Expression rest) {
        return rest == Expressions.NEVER ? DEAD : states.computeIfAbsent(rest, ByteState::new);
    }

    /** The state after one more byte, or {@link #DEAD}. */
    public ByteState next(ByteState state, int value) {
        ByteState known = state.known(value);
        if (known == null) {
            known = state(expressions.derivative(state.rest, value));
            state.learn(Expressions.alike(state.rest, value), known);
        }
        return known;
    }

    /** The readings after one more byte; empty if it cannot follow. */
    public List<Reading> next(List<Reading> readings, int value) {
        if (readings.size() == 1 && !readings.get(0).at().accepting) {
            ByteState at = next(readings.get(0).at(), value);
            return at == DEAD
                    ? List.of()
                    : List.of(new Reading(at, readings.get(0).then()));
        }
        Set<Reading> result = new LinkedHashSet<>();
        for (Reading reading : readings) {
            advance(reading, value, result);
            if (reading.at().accepting) {
                for (Reading start : starts(reading.then())) {
                    advance(start, value, result);
                }
            }
        }
        return List.copyOf(result);
    }

    private void advance(Reading reading, int value, Set<Reading> result) {
        ByteState at = next(reading.at(), value);
        if (at != DEAD && result.size() < MAX_READINGS) {
            result.add(new Reading(at, reading.then()));
        }
    }

    /** The readings before the first byte of {@code grammar}. */
    public List<Reading> starts(Expression grammar) {
        List<Reading> known = starts.get(grammar);
        if (known == null) {
            Set<Reading> found = new LinkedHashSet<>();
            addStarts(grammar, Expressions.EMPTY, found, new HashSet<>());
            known = List.copyOf(found);
            starts.put(grammar, known);
        }
        return known;
    }

    /** @param seen rules and stacks already followed */
    private void addStarts(Expression grammar, Expression then, Set<Reading> found, Set<List<Object>> seen) {
        Expression at = grammar;
        while (at instanceof Sequence sequence) {
            addStarts(sequence.first, expressions.sequence(sequence.rest, then), found, seen);
            if (!sequence.first.nullable()) {
                return;
            }
            at = sequence.rest;
        }
        if (at instanceof Lexeme lexeme) {
            found.add(new Reading(state(lexeme.regular), then));
        } else if (at instanceof Union union) {
            union.branches.forEach(branch -> addStarts(branch, then, found, seen));
        } else if (at instanceof Repetition repetition) {
            addStarts(repetition.body, expressions.sequence(expressions.withoutFirst(repetition), then), found, seen);
        } else if (at instanceof Members members) {
            addStarts(expressions.expand(members), then, found, seen);
        } else if (at instanceof Reference reference && seen.add(List.of(reference.rule, then))) {
            addStarts(reference.rule.body(), then, found, seen);
        }
    }

    /** The same position in states made since the last {@link #forget}. */
    public List<Reading> renew(List<Reading> readings) {
        List<Reading> renewed = new ArrayList<>(readings.size());
        for (Reading reading : readings) {
            renewed.add(new Reading(state(reading.at().rest), reading.then()));
        }
        return renewed;
    }

    /** Whether it is time to {@link #forget}. */
    public boolean full() {
        return states.size() > MAX_STATES || expressions.size() > MAX_EXPRESSIONS;
    }

    /** Forgets all states; positions at hand stay valid. */
    public void forget() {
        states.clear();
        starts.clear();
        expressions.forget();
    }
}
