package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.runtime.GraphFile;
import java.nio.file.Path;
import java.util.Set;

/**
 * How a graph of another exporter wants its KV cache; see {@code docs/graph-contract.md}.
 *
 * <pre>
 *   attention_mask, node GroupQueryAttention ────────────► InPlace    onnxruntime-genai's builder
 *   else past_key_values.N.* ────────────────────────────► Growing    Optimum: present = past + new positions
 * </pre>
 */
sealed interface ForeignGraph {
    ForeignSignature signature();

    /** Types of the graph's nodes. */
    Set<String> operators();

    /** The attention appends to the cache's memory; a row's tokens lie at the beginning of its slot and its mask. */
    record InPlace(ForeignSignature signature, Set<String> operators) implements ForeignGraph {}

    /** Every step returns a longer cache; shorter rows are padded on the left. */
    record Growing(ForeignSignature signature, Set<String> operators) implements ForeignGraph {}

    /**
     * Looks at the graph's inputs and nodes.
     *
     * @throws GenerationException.Failed if it is none of them; the message names the input or output at fault
     */
    static ForeignGraph of(Path graph, OrtSession session) throws OrtException {
        ForeignSignature signature = ForeignSignature.of(graph, session);
        Set<String> operators = GraphFile.operators(graph);
        return signature.attentionMask() && operators.contains("GroupQueryAttention")
                ? new InPlace(signature, operators)
                : new Growing(signature, operators);
    }
}
