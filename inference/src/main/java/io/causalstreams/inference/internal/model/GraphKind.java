package io.causalstreams.inference.internal.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import java.util.Set;

/**
 * How a graph wants its KV cache; see {@code docs/graph-contract.md}.
 *
 * <pre>
 *   seqlens_k among the inputs ──────────────────────────► Contract   ours: lengths per row, cache in place
 *   attention_mask, node GroupQueryAttention ────────────► InPlace    onnxruntime-genai's builder
 *   else past_key_values.N.* ────────────────────────────► Growing    Optimum: present = past + new positions
 * </pre>
 */
sealed interface GraphKind {
    /** A graph of our exporter. */
    record Contract() implements GraphKind {}

    /** A graph of another exporter. */
    sealed interface Foreign extends GraphKind permits InPlace, Growing {
        ForeignSignature signature();

        /** Types of the graph's nodes. */
        Set<String> operators();
    }

    /** The attention appends to the cache's memory; a row's tokens lie at the beginning of its slot and its mask. */
    record InPlace(ForeignSignature signature, Set<String> operators) implements Foreign {}

    /** Every step returns a longer cache; shorter rows are padded on the left. */
    record Growing(ForeignSignature signature, Set<String> operators) implements Foreign {}

    /**
     * Looks at the graph's inputs and nodes.
     *
     * @throws GenerationException.Failed if it is none of them; the message names the input or output at fault
     */
    static GraphKind of(ModelDirectory directory, OrtSession session) throws OrtException {
        if (session.getInputNames().contains("seqlens_k")) {
            if (!directory.exported()) {
                throw new GenerationException.Failed(
                        "model " + directory.path()
                                + ": export.json is missing, so it is no finished export; export it again",
                        null);
            }
            return new Contract();
        }
        ForeignSignature signature = ForeignSignature.of(directory.graph(), session);
        Set<String> operators = GraphOperators.of(directory.graph());
        return signature.attentionMask() && operators.contains("GroupQueryAttention")
                ? new InPlace(signature, operators)
                : new Growing(signature, operators);
    }
}
