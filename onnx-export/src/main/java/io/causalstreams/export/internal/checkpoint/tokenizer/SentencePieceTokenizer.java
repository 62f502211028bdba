package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SentencePiece BPE ({@code tokenizer.ggml.model = llama}): the file has a score a token and no merges.
 *
 * <p>SentencePiece merges the neighbours whose union has the highest score. So every cut of a token into two tokens is a
 * merge, and the merges' order is that of their unions' scores. Spaces are written as U+2581; characters without a token
 * fall back to bytes ({@code <0x0A>}).
 */
final class SentencePieceTokenizer {

    private static final String SPACE = "\u2581";

    /** Cutting is quadratic in a token's length; real tokens have some 50 characters at most. */
    private static final int MAX_TOKEN_LENGTH = 1024;

    private record Merge(String left, String right, double score) {}

    private SentencePieceTokenizer() {}

    /** Sets {@code normalizer}, {@code pre_tokenizer}, {@code decoder} and {@code model}. */
    static void fill(ObjectNode tokenizer, GgufMetadata metadata, List<String> tokens) {
        boolean prefix = metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true);
        ArrayNode normalizers =
                tokenizer.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (prefix) {
            normalizers.addObject().put("type", "Prepend").put("prepend", SPACE);
        }
        replace(normalizers, " ", SPACE);
        tokenizer.putNull("pre_tokenizer");
        ArrayNode decoders =
                tokenizer.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders, SPACE, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        int unknown = metadata.integer("tokenizer.ggml.unknown_token_id").orElse(0);
        if (unknown >= tokens.size()) {
            throw new CheckpointException(metadata.file() + ": the unknown token " + unknown
                    + " is not in the vocabulary; convert the model again");
        }
        ObjectNode model = BpeModel.of(tokens, tokens.get(unknown), true, false);
        ArrayNode merges = model.putArray("merges");
        double[] scores = metadata.require("tokenizer.ggml.scores", metadata.numbers("tokenizer.ggml.scores"));
        if (scores.length != tokens.size()) {
            throw new CheckpointException(metadata.file() + ": has " + tokens.size() + " tokens and " + scores.length
                    + " scores; convert the model again");
        }
        for (Merge merge : merges(metadata, tokens, scores)) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
        tokenizer.set("model", model);
    }

    private static List<Merge> merges(GgufMetadata metadata, List<String> tokens, double[] scores) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.putIfAbsent(tokens.get(id), id);
        }
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token.length() > MAX_TOKEN_LENGTH) {
                throw new CheckpointException(metadata.file() + ": token " + id + " has " + token.length()
                        + " characters; the GGUF file is damaged");
            }
            for (int cut = 1; cut < token.length(); cut++) {
                String left = token.substring(0, cut);
                String right = token.substring(cut);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                    merges.add(new Merge(left, right, scores[id]));
                }
            }
        }
        // Equal scores: longest left part first, as Hugging Face's converters have it.
        merges.sort(Comparator.comparingDouble(Merge::score)
                .thenComparingInt(merge -> merge.left().length())
                .thenComparingInt(merge -> merge.right().length())
                .reversed());
        return merges;
    }

    private static void replace(ArrayNode steps, String from, String to) {
        ObjectNode step = steps.addObject().put("type", "Replace");
        step.putObject("pattern").put("String", from);
        step.put("content", to);
    }
}
