package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

        ObjectNode root = copy(file.root());
        root.putNull("truncation");
        root.putNull("padding");
        root.putNull("post_processor");
        own(root, "added_tokens").forEach(token -> rename((ObjectNode) token, "content", names));
        neverPrepend(own(root, "pre_tokenizer"));
        ObjectNode model = copy((ObjectNode) root.path("model"));
        root.set("model", model);
        rename(model, "unk_token", names);
        model.set("vocab", renamed(model.path("vocab"), names));
        if (model.path("merges") instanceof ArrayNode merges) {
            model.set("merges", remaining(merges, names));
        }
        return root.toString();
    }

    /** The same fields in a node of its own: the file's tree is large and stays as it is. */
    private static ObjectNode copy(ObjectNode node) {
        ObjectNode copy = node.objectNode();
        copy.setAll(node);
        return copy;
    }

    /** A small field with all that is in it, now {@code node}'s own. */
    private static JsonNode own(ObjectNode node, String field) {
        if (node.has(field)) {
            node.set(field, node.path(field).deepCopy());
        }
        return node.path(field);
    }

    private static void rename(ObjectNode node, String field, Map<String, String> names) {
        String name = names.get(node.path(field).asText());
        if (name != null) {
            node.put(field, name);
        }
    }

    private static JsonNode renamed(JsonNode vocabulary, Map<String, String> names) {
        if (vocabulary instanceof ObjectNode ids) {
            ObjectNode result = ids.objectNode();
            ids.properties().forEach(id -> result.set(names.getOrDefault(id.getKey(), id.getKey()), id.getValue()));
            return result;
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode(vocabulary.size()); // Unigram: [[piece, score], ..]
        for (JsonNode entry : vocabulary) {
            String name = names.get(entry.path(0).asText());
            result.add(name == null ? entry : result.arrayNode().add(name).add(entry.path(1)));
        }
        return result;
    }

    private static ArrayNode remaining(ArrayNode merges, Map<String, String> names) {
        ArrayNode result = merges.arrayNode(merges.size());
        for (JsonNode merge : merges) {
            String merged = merge.isArray()
                    ? merge.path(0).asText() + merge.path(1).asText()
                    : merge.asText().replace(" ", "");
            if (!names.containsKey(merged)) {
                result.add(merge);
            }
        }
        return result;
    }

    /** {@code prepend_scheme: first} means the whole text, but this model sees segments: the caller prepends. */
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
