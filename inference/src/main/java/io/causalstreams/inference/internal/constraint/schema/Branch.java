package io.causalstreams.inference.internal.constraint.schema;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A branch of the tableau: a shape so far, obligations still to be worked off, and choices still to be made. */
final class Branch {

    /** One of several ways to go on: obligations to meet and something to say about the shape. */
    record Way(List<Obligation> obligations, Consumer<Shape> restriction) {

        static Way of(Obligation... obligations) {
            return new Way(List.of(obligations), shape -> {});
        }

        static Way of(Consumer<Shape> restriction) {
            return new Way(List.of(), restriction);
        }
    }

    final Shape shape;
    final Set<Obligation> met;
    final Deque<Obligation> pending;
    final Deque<List<Way>> choices;

    /** Obligations that others brought in for the same value: what they evaluate counts for those. */
    private final List<Brought> brought;

    private record Brought(Obligation parent, Obligation child) {}

    Branch() {
        this(new Shape(), new LinkedHashSet<>(), new ArrayDeque<>(), new ArrayDeque<>(), new ArrayList<>());
    }

    private Branch(
            Shape shape,
            Set<Obligation> met,
            Deque<Obligation> pending,
            Deque<List<Way>> choices,
            List<Brought> brought) {
        this.shape = shape;
        this.met = met;
        this.pending = pending;
        this.choices = choices;
        this.brought = brought;
    }

    Branch copy() {
        return new Branch(
                shape.copy(),
                new LinkedHashSet<>(met),
                new ArrayDeque<>(pending),
                new ArrayDeque<>(choices),
                new ArrayList<>(brought));
    }

    void add(Obligation parent, Obligation child) {
        pending.add(child);
        brought.add(new Brought(parent, child));
    }

    /** One of the ways must be gone, on behalf of {@code parent}. */
    void choose(Obligation parent, List<Way> ways) {
        for (Way way : ways) {
            for (Obligation obligation : way.obligations()) {
                brought.add(new Brought(parent, obligation));
            }
        }
        choices.add(ways);
    }

    void go(Way way) {
        way.restriction().accept(shape);
        pending.addAll(way.obligations());
    }

    /** The obligations met for the same value on behalf of {@code root}, itself among them, as far as they hold. */
    List<Obligation> family(Obligation root) {
        Map<Obligation, Set<Obligation>> children = new HashMap<>();
        for (Brought each : brought) {
            children.computeIfAbsent(each.parent(), unknown -> new LinkedHashSet<>())
                    .add(each.child());
        }
        List<Obligation> found = new ArrayList<>(List.of(root));
        Set<Obligation> seen = new LinkedHashSet<>(found);
        for (int i = 0; i < found.size(); i++) {
            for (Obligation child : children.getOrDefault(found.get(i), Set.of())) {
                if (child.holds() && met.contains(child) && seen.add(child)) {
                    found.add(child);
                }
            }
        }
        return found;
    }

    /** Whether nothing can meet it any more. */
    boolean closed() {
        return shape.types.isEmpty();
    }
}
