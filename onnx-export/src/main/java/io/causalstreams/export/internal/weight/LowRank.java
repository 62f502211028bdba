package io.causalstreams.export.internal.weight;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix B·A of low rank that is added to another, (outputs, inputs).
 *
 * <p>Whatever linear is done to the other can be done to the two: what is done to its rows, each by itself, to those of A; what is
 * done to its columns, to those of B.
 *
 * @param a (rank, inputs)
 * @param b (outputs, rank)
 */
public record LowRank(Weight a, Weight b) {
    public LowRank {
        if (a.rows() != b.columns()) {
            throw new IllegalArgumentException("%s has rank %d, %s has %d: they belong to different additions"
                    .formatted(a.name(), a.rows(), b.name(), b.columns()));
        }
    }

    public int rank() {
        return a.rows();
    }

    LowRank withA(UnaryOperator<Weight> change) {
        return new LowRank(change.apply(a), b);
    }

    LowRank withB(UnaryOperator<Weight> change) {
        return new LowRank(a, change.apply(b));
    }

    /** The same of the transposed matrix. */
    public LowRank transposed() {
        return new LowRank(b.transposed(), a.transposed());
    }

    /**
     * What is added to {@code parts}, one below the other: ranks add up, and B is block-diagonal. Parts that have the same A share
     * it.
     */
    static @Nullable LowRank stack(List<Weight> parts, Source additions) {
        List<@Nullable LowRank> added =
                parts.stream().map(part -> part.lowRank(additions)).collect(Collectors.toList());
        List<Weight> shared = added.stream()
                .filter(Objects::nonNull)
                .map(LowRank::a)
                .distinct()
                .toList();
        if (shared.isEmpty()) {
            return null;
        }
        int rank = shared.stream().mapToInt(Weight::rows).sum();
        List<Weight> outputs = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            LowRank part = added.get(i);
            int rows = parts.get(i).rows();
            if (part == null) {
                outputs.add(Weight.matrix("0", rows, rank, () -> new float[rows * rank]));
            } else {
                int before = shared.subList(0, shared.indexOf(part.a())).stream()
                        .mapToInt(Weight::rows)
                        .sum();
                outputs.add(part.b().withColumns(columns(part.rank(), before, rank)));
            }
        }
        return new LowRank(Weight.stack(shared), Weight.stack(outputs));
    }

    /** {@code count} columns behind {@code before} zeros, {@code size} in all. */
    private static ChannelOrder columns(int count, int before, int size) {
        return ChannelOrder.of(
                count,
                IntStream.range(0, size)
                        .map(i -> i >= before && i < before + count ? i - before : ChannelOrder.ZERO)
                        .toArray());
    }

    /** Additions to the tensors of a checkpoint. */
    @FunctionalInterface
    public interface Source {

        /** What is added to a tensor as it is stored, or null; for one tensor always the same. */
        @Nullable
        LowRank of(String tensor);
    }
}
