package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The facts of a {@code tokenizer.json} and the {@code tokenizer_config.json} beside it.
 *
 * @param root the whole of {@code tokenizer.json}
 * @param contents token text by id, in the model's own alphabet; empty where an id is not used
 * @param addedTokens those matched before the model runs; {@code special} if either file says so
 */
record TokenizerFile(ObjectNode root, List<String> contents, List<AddedToken> addedTokens) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** @throws GenerationException.Failed naming the file and what is wrong with it */
    static TokenizerFile read(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        if (!(readJson(file) instanceof ObjectNode root)
                || !root.at("/model/vocab").isContainerNode()) {
            throw new GenerationException.Failed(file + " has no model.vocab: it is not a tokenizer", null);
        }
        List<String> contents = contents(root);
        Set<String> specialNames = specialNames(config(directory));
        return new TokenizerFile(root, contents, addedTokens(root, contents, specialNames));
    }

    /** The names of the special tokens of a model directory, without reading its vocabulary. */
    static Set<String> specialNames(Path directory) {
        Set<String> names = specialNames(config(directory));
        Path file = directory.resolve("tokenizer.json");
        if (Files.exists(file)) {
            for (JsonNode token : field(file, "added_tokens")) {
                if (token.path("special").asBoolean()) {
                    names.add(tokenText(token));
                }
            }
        }
        return names;
    }

    /** {@code tokenizer_config.json}, an empty object if there is none. */
    static JsonNode config(Path directory) {
        Path file = directory.resolve("tokenizer_config.json");
        return Files.exists(file) ? readJson(file) : JSON.createObjectNode();
    }

    /** One field of a large object; the others are skipped, not built. */
    static JsonNode field(Path file, String name) {
        try (JsonParser parser = JSON.createParser(file.toFile())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(name);
                parser.nextToken();
                if (wanted) {
                    return parser.readValueAsTree();
                }
                parser.skipChildren();
            }
            return MissingNode.getInstance();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    List<AddedToken> specialTokens() {
        return addedTokens.stream().filter(AddedToken::special).toList();
    }

    private static JsonNode readJson(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static GenerationException.Failed unreadable(Path file, IOException e) {
        return e instanceof JsonProcessingException syntax
                ? new GenerationException.Failed(file + " is not JSON: " + syntax.getOriginalMessage(), e)
                : new GenerationException.Failed(file + " cannot be read; export the model again", e);
    }

    /** A token's text in a configuration: a string, or an object with {@code content}; empty if there is none. */
    static String tokenText(JsonNode token) {
        return (token.isObject() ? token.path("content") : token).asText("");
    }

    private static List<String> contents(ObjectNode root) {
        List<String> contents = new ArrayList<>();
        JsonNode vocabulary = root.at("/model/vocab");
        if (vocabulary.isArray()) { // Unigram: [[piece, score], ..]
            vocabulary.forEach(entry -> contents.add(entry.path(0).asText()));
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> set(contents, entry.getValue().asInt(), entry.getKey()));
        }
        root.path("added_tokens")
                .forEach(token -> set(
                        contents,
                        token.path("id").asInt(),
                        token.path("content").asText()));
        return List.copyOf(contents);
    }

    private static void set(List<String> contents, int id, String content) {
        if (id >= contents.size()) {
            contents.addAll(Collections.nCopies(id + 1 - contents.size(), ""));
        }
        contents.set(id, content);
    }

    private static List<AddedToken> addedTokens(ObjectNode root, List<String> contents, Set<String> specialNames) {
        List<AddedToken> tokens = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (JsonNode token : root.path("added_tokens")) {
            String content = token.path("content").asText();
            known.add(content);
            tokens.add(new AddedToken(
                    token.path("id").asInt(),
                    content,
                    token.path("special").asBoolean() || specialNames.contains(content),
                    token.path("lstrip").asBoolean(),
                    token.path("rstrip").asBoolean(),
                    token.path("single_word").asBoolean()));
        }
        for (int id = 0; id < contents.size(); id++) {
            String content = contents.get(id);
            if (specialNames.contains(content) && known.add(content)) {
                tokens.add(new AddedToken(id, content, true, false, false, false));
            }
        }
        return List.copyOf(tokens);
    }

    /** The names of control tokens in {@code tokenizer_config.json}: some models declare them only there. */
    private static Set<String> specialNames(JsonNode config) {
        Set<String> names = new HashSet<>();
        ROLES.forEach(role -> names.add(tokenText(config.path(role))));
        config.path("additional_special_tokens").forEach(token -> names.add(tokenText(token)));
        config.path("added_tokens_decoder").forEach(token -> {
            if (token.path("special").asBoolean()) {
                names.add(tokenText(token));
            }
        });
        names.remove("");
        return names;
    }
}
