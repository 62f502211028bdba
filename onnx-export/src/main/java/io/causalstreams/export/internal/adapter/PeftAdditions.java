package io.causalstreams.export.internal.adapter;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.weight.LowRank;
import io.causalstreams.export.internal.weight.Weight;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an adapter adds to the tensors of its checkpoint, its scale a part of B. */
public final class PeftAdditions implements LowRank.Source {
    private static final String WEIGHT = ".weight";

    private final PeftAdapter adapter;
    private final Map<String, LowRank> asked = new HashMap<>();

    /** @throws CheckpointException if a module of the adapter is not in the base, or has another shape there */
    public PeftAdditions(WeightSource base, PeftAdapter adapter) {
        AdaptedWeights.check(base, adapter);
        this.adapter = adapter;
    }

    @Override
    public @Nullable LowRank of(String tensor) {
        return adapter.modules().stream().anyMatch(module -> tensor.equals(module + WEIGHT))
                ? asked.computeIfAbsent(tensor, this::read)
                : null;
    }

    /** Modules of the adapter that nobody asked for. */
    public SortedSet<String> unused() {
        SortedSet<String> unused = new TreeSet<>(adapter.modules());
        unused.removeIf(module -> asked.containsKey(module + WEIGHT));
        return unused;
    }

    private LowRank read(String tensor) {
        String module = tensor.substring(0, tensor.length() - WEIGHT.length());
        LowRank addition = new LowRank(
                matrix(adapter.a(module)),
                matrix(adapter.b(module)).scaled(adapter.config().scale()));
        return adapter.isTransposed() ? addition.transposed() : addition;
    }

    private static Weight matrix(StoredTensor tensor) {
        return Weight.matrix(
                tensor.name(),
                Math.toIntExact(tensor.shape().get(0)),
                Math.toIntExact(tensor.shape().get(1)),
                tensor::read);
    }
}
