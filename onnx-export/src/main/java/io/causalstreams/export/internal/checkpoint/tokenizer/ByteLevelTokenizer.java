package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.util.List;

/** Byte-level BPE ({@code tokenizer.ggml.model = gpt2}): tokens and merges are in the file. */
final class ByteLevelTokenizer {

    private ByteLevelTokenizer() {}

    /** Sets {@code normalizer}, {@code pre_tokenizer}, {@code decoder} and {@code model}. */
    static void fill(ObjectNode tokenizer, GgufMetadata metadata, List<String> tokens, PreTokenizer preTokenizer) {
        if (preTokenizer.composes()) {
            tokenizer.putObject("normalizer").put("type", "NFC");
        } else {
            tokenizer.putNull("normalizer");
        }
        tokenizer.set("pre_tokenizer", preTokenizer.json());
        tokenizer.set("decoder", PreTokenizer.byteLevel(true));
        ObjectNode model = BpeModel.of(tokens, null, false, preTokenizer.ignoresMerges());
        ArrayNode merges = model.putArray("merges");
        // A vocabulary of single bytes has no merges, and converters leave an empty list out.
        for (String merge : metadata.strings("tokenizer.ggml.merges").orElse(List.of())) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new CheckpointException(
                        metadata.file() + ": merge '" + merge + "' is not two tokens; the GGUF file is damaged");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
        tokenizer.set("model", model);
    }
}
