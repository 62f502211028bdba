package io.causalstreams.tuning.internal.model;

import io.causalstreams.tuning.internal.differentiation.Computation;
import io.causalstreams.tuning.internal.differentiation.Gradients;
import io.causalstreams.tuning.internal.differentiation.Node;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import io.causalstreams.tuning.internal.graph.LayerGraph;
import io.causalstreams.tuning.internal.onnx.MemoryPool;
import io.causalstreams.tuning.internal.onnx.Program;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The two programs of a layer.
 *
 * <pre>
 *   forward    x ──► y, and what backward reads of the way
 *   backward   dy, what was kept ──► dx, dA and dB of every adapted module
 * </pre>
 *
 * @param saved results of forward besides y
 * @param dy what backward begins with
 * @param gradients results of backward by what they are the gradients of
 */
record LayerPrograms(Program forward, Program backward, List<Tensor> saved, Tensor dy, Map<Tensor, Tensor> gradients)
        implements AutoCloseable {

    /** Programs of layers by their structure: layers that differ in weights only share them. One thread. */
    static final class Cache implements AutoCloseable {
        private final int threads;
        private final MemoryPool pool;
        private final Map<Key, LayerPrograms> programs = new HashMap<>();

        private record Key(List<Node> nodes, boolean first) {}

        Cache(int threads, MemoryPool pool) {
            this.threads = threads;
            this.pool = pool;
        }

        /** The programs of a layer; where it is the first that learns, nobody asks for dx. */
        LayerPrograms of(LayerGraph graph, boolean first) {
            return programs.computeIfAbsent(
                    new Key(graph.forward().nodes(), first), key -> load(graph, first, threads, pool));
        }

        @Override
        public void close() {
            programs.values().forEach(LayerPrograms::close);
        }
    }

    private static LayerPrograms load(LayerGraph graph, boolean first, int threads, MemoryPool pool) {
        Tensor dy = new Tensor("dy", graph.y().type(), graph.y().shape());
        List<Tensor> wanted = new ArrayList<>(graph.adapterA().keySet());
        wanted.addAll(graph.adapterB().keySet());
        if (!first) {
            wanted.add(graph.x());
        }
        Gradients gradients = Gradients.of(graph.forward(), graph.y(), dy, wanted);
        Computation backward = graph.forward().viewsReadBy(gradients.backward()).followedBy(gradients.backward());
        List<Tensor> saved = new ArrayList<>(backward.inputs());
        saved.retainAll(graph.forward().computed());
        saved.remove(graph.y());
        List<Tensor> outputs = new ArrayList<>(saved);
        outputs.add(graph.y());
        Map<Tensor, Tensor> results = new HashMap<>();
        wanted.forEach(tensor -> results.put(tensor, gradients.of(tensor)));
        return new LayerPrograms(
                Program.load(graph.forward(), outputs, threads, pool),
                Program.load(backward, List.copyOf(results.values()), threads, pool),
                saved,
                dy,
                results);
    }

    /** Bytes that forward keeps for backward. */
    long savedBytes() {
        return saved.stream()
                .mapToLong(tensor -> tensor.elements() * Float.BYTES)
                .sum();
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
