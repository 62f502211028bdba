package io.causalstreams.export.internal.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.function.Supplier;

/** Where the elements of initializers go. */
public interface TensorStore {

    /**
     * Completes {@code tensor}, which has a name, a type and dimensions, with the elements or with the place that holds them.
     *
     * @param data reads the elements; called at most once, and not at all by a store that only counts
     */
    void store(TensorProto.Builder tensor, Supplier<TensorData> data) throws IOException;

    /** A store that keeps and reads nothing: for descriptions of a graph. */
    static TensorStore discarding() {
        return (tensor, data) -> {};
    }
}
