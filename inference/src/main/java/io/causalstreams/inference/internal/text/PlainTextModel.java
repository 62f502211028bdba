package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Rewrites a {@code tokenizer.json} so that no text whatever encodes to a special token.
 *
 * <p>Special tokens get names nobody can type (a random prefix), in the added tokens and in the vocabulary, where some
 * models could otherwise reach them as a piece; merges that build their old names go. They are not simply removed, for
 * ids of the added tokens behind them would move.
 */
final class PlainTextModel {
    private PlainTextModel() {}

    /** The rewritten JSON. Truncation, padding and the post-processor go as well: encoding adds and cuts nothing. */
    static String of(TokenizerFile file) {
        Map<String, String> names = new LinkedHashMap<>();
        String prefix = UUID.randomUUID() + ":";
        file.specialTokens().forEach(token -> names.put(token.content(), prefix + token.id()));

        ObjectNode root = file.root().deepCopy();
        root.putNull("truncation");
        root.putNull("padding");
        root.putNull("post_processor");
        root.path("added_tokens").forEach(token -> rename((ObjectNode) token, "content", names));
        ObjectNode model = (ObjectNode) root.path("model");
        rename(model, "unk_token", names);
        renameVocabulary(model, names);
        if (model.path("merges") instanceof ArrayNode merges) {
            removeMerges(merges, names);
        }
        neverPrepend(root.path("pre_tokenizer"));
        return root.toString();
    }

    private static void rename(ObjectNode node, String field, Map<String, String> names) {
        String name = names.get(node.path(field).asText());
        if (name != null) {
            node.put(field, name);
        }
    }

    private static void renameVocabulary(ObjectNode model, Map<String, String> names) {
        if (model.path("vocab") instanceof ObjectNode vocabulary) {
            names.forEach((old, name) -> {
                JsonNode id = vocabulary.remove(old);
                if (id != null) {
                    vocabulary.set(name, id);
                }
            });
        } else {
            for (JsonNode entry : model.path("vocab")) {
                String name = names.get(entry.path(0).asText());
                if (name != null) {
                    ((ArrayNode) entry).set(0, name);
                }
            }
        }
    }

    private static void removeMerges(ArrayNode merges, Map<String, String> names) {
        for (int i = merges.size() - 1; i >= 0; i--) {
            JsonNode merge = merges.get(i);
            String result = merge.isArray()
                    ? merge.path(0).asText() + merge.path(1).asText()
                    : merge.asText().replace(" ", "");
            if (names.containsKey(result)) {
                merges.remove(i);
            }
        }
    }

    /** {@code prepend_scheme: first} speaks of the whole text, but this model sees segments: the caller prepends. */
    private static void neverPrepend(JsonNode preTokenizer) {
        if (preTokenizer instanceof ObjectNode metaspace && prependsFirst(metaspace)) {
            metaspace.put("prepend_scheme", "never");
        }
        preTokenizer.path("pretokenizers").forEach(PlainTextModel::neverPrepend);
    }

    private static boolean prependsFirst(JsonNode preTokenizer) {
        return preTokenizer.path("prepend_scheme").asText().equals("first");
    }

    /** Whether the tokenizer marks the first segment of a text as if a space were in front of it. */
    static boolean prependsFirst(TokenizerFile file) {
        JsonNode preTokenizer = file.root().path("pre_tokenizer");
        for (JsonNode part : preTokenizer.path("pretokenizers")) {
            if (prependsFirst(part)) {
                return true;
            }
        }
        return prependsFirst(preTokenizer);
    }
}
