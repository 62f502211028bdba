package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code model} of {@code tokenizer.json} for byte-pair encoding. */
final class BpeModel {

    private BpeModel() {}

    /** The model without its merges. Of tokens that are spelled alike, the first keeps its id. */
    static ObjectNode of(
            List<String> tokens, @Nullable String unknownToken, boolean byteFallback, boolean ignoreMerges) {
        ObjectNode model = JsonFiles.MAPPER.createObjectNode().put("type", "BPE");
        model.putNull("dropout").put("unk_token", unknownToken);
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", unknownToken != null);
        model.put("byte_fallback", byteFallback);
        model.put("ignore_merges", ignoreMerges);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            if (!vocabulary.has(tokens.get(id))) {
                vocabulary.put(tokens.get(id), id);
            }
        }
        return model;
    }
}
