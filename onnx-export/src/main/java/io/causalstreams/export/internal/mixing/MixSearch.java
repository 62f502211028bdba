package io.causalstreams.export.internal.mixing;

import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Finds few and small groups that must be finer to keep the divergence within a limit.
 *
 * <pre>
 *   1. every kind in all layers together: kinds that bring next to nothing are not looked at closer
 *   2. every group of the other kinds alone: what it brings, per weight
 *   3. the shortest beginning of this order that keeps the limit, by bisection: measured together, not added up
 * </pre>
 *
 * Measurements: 2 + kinds + groups + log₂ groups at most. What groups bring does not add up exactly, so the result keeps the
 * limit, but another choice may be smaller.
 */
public final class MixSearch {
    /** Share of what all groups bring that a kind must bring to be measured layer by layer. */
    private static final double WORTH_A_LOOK = 0.03;

    private final List<MatrixGroup> groups;
    private final double limit;
    private final ToDoubleFunction<Collection<MatrixGroup>> divergence;

    /**
     * @param limit most divergence from fp32, nats
     * @param divergence measures the model in which the given groups are finer
     */
    public MixSearch(List<MatrixGroup> groups, double limit, ToDoubleFunction<Collection<MatrixGroup>> divergence) {
        this.groups = List.copyOf(groups);
        this.limit = limit;
        this.divergence = divergence;
    }

    /**
     * Measures and chooses.
     *
     * @throws UnsupportedModelException if the limit cannot be kept with all groups finer either
     */
    public Mix find() {
        double before = divergence.applyAsDouble(List.of());
        if (before <= limit) {
            return new Mix(List.of(), before, before);
        }
        double best = divergence.applyAsDouble(groups);
        if (best > limit) {
            throw new UnsupportedModelException(String.format(
                    Locale.ROOT,
                    "--max-kl %s cannot be kept: with every matrix finer the divergence is still %.2g; allow more, or choose a"
                            + " higher --precision",
                    limit,
                    best));
        }
        List<MatrixGroup> ranked = ranked(before, before - best);
        int tooFew = 0;
        int enough = ranked.size();
        double after = best;
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            double measured = divergence.applyAsDouble(ranked.subList(0, middle));
            if (measured <= limit) {
                enough = middle;
                after = measured;
            } else {
                tooFew = middle;
            }
        }
        return new Mix(ranked.subList(0, enough), before, after);
    }

    /** All groups, those that bring the most per weight first; those that bring nothing last. */
    private List<MatrixGroup> ranked(double before, double all) {
        Map<String, List<MatrixGroup>> kinds = new LinkedHashMap<>();
        groups.forEach(group ->
                kinds.computeIfAbsent(group.kind(), kind -> new ArrayList<>()).add(group));
        Map<MatrixGroup, Double> benefit = new HashMap<>();
        kinds.forEach((kind, members) -> {
            double together = before - divergence.applyAsDouble(members);
            boolean closer = together >= WORTH_A_LOOK * all && members.size() > 1;
            for (MatrixGroup group : members) {
                double alone = closer
                        ? before - divergence.applyAsDouble(List.of(group))
                        : together * group.elements() / elements(members);
                benefit.put(group, alone / group.elements());
            }
        });
        return groups.stream()
                .sorted(Comparator.comparingDouble((MatrixGroup group) -> benefit.getOrDefault(group, 0.0))
                        .reversed())
                .toList();
    }

    private static double elements(List<MatrixGroup> members) {
        return members.stream().mapToLong(MatrixGroup::elements).sum();
    }
}
