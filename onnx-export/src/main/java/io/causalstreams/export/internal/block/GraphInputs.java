package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The inputs of {@code docs/graph-contract.md}. */
record GraphInputs(
        Value inputIds,
        Value seqlensK,
        Value totalSequenceLength,
        Value logitsPositions,
        @Nullable Value longContext,
        List<Value> pastKeys,
        List<Value> pastValues) {

    /** @param lengths whether long sequences have positions of their own */
    static GraphInputs declare(GraphBuilder graph, int layers, boolean lengths, Dimension... cache) {
        Dimension batch = Dimension.of("batch");
        Value inputIds = graph.input("input_ids", ElementType.INT64, batch, Dimension.of("sequence"));
        Value seqlensK = graph.input("seqlens_k", ElementType.INT32, batch);
        Value total = graph.input("total_sequence_length", ElementType.INT32);
        Value positions = graph.input("logits_positions", ElementType.INT64, Dimension.of("rows"));
        Value longContext = lengths ? graph.input("long_context", ElementType.INT64, batch) : null;
        List<Value> keys = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            keys.add(graph.input("past_key_values." + i + ".key", graph.reals(), cache));
            values.add(graph.input("past_key_values." + i + ".value", graph.reals(), cache));
        }
        return new GraphInputs(inputIds, seqlensK, total, positions, longContext, keys, values);
    }
}
