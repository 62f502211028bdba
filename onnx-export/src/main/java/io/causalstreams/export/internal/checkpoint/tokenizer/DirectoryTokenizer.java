package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Takes the tokenizer of a checkpoint directory along. */
public final class DirectoryTokenizer {

    private static final List<String> SPECIAL_TOKENS = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    private DirectoryTokenizer() {}

    /**
     * Writes the tokenizer's files.
     *
     * @param config the model's {@code config.json}
     */
    public static void copy(Path source, JsonNode config, Path target) {
        Path tokenizer = source.resolve("tokenizer.json");
        if (!Files.exists(tokenizer)) {
            throw new CheckpointException(
                    source
                            + ": has no tokenizer.json; save the tokenizer as a fast tokenizer (AutoTokenizer.save_pretrained)");
        }
        copyTokens(tokenizer, config.path("vocab_size").asInt(Integer.MAX_VALUE), target.resolve("tokenizer.json"));
        JsonFiles.write(target.resolve("tokenizer_config.json"), config(source));
        Path generation = source.resolve("generation_config.json");
        if (Files.exists(generation)) {
            JsonFiles.readObject(generation);
            copyFile(generation, target.resolve("generation_config.json"));
        }
    }

    /**
     * Copies {@code tokenizer.json} without added tokens that the model has no embedding of (Gemma 3's image token in its
     * text models): such text is then tokenized as any other, instead of giving an id that the model cannot look up.
     */
    private static void copyTokens(Path from, int vocabularySize, Path to) {
        ObjectNode tokenizer = JsonFiles.readObject(from);
        ArrayNode known = JsonFiles.MAPPER.createArrayNode();
        for (JsonNode token : tokenizer.path("added_tokens")) {
            if (token.path("id").asInt() < vocabularySize) {
                known.add(token);
            }
        }
        if (known.size() == tokenizer.path("added_tokens").size()) {
            copyFile(from, to);
        } else {
            tokenizer.set("added_tokens", known);
            JsonFiles.write(to, tokenizer);
        }
    }

    /**
     * {@code tokenizer_config.json} in its plainest form: special tokens as strings, the chat template as one string,
     * whichever of the historical forms the checkpoint uses.
     */
    private static ObjectNode config(Path source) {
        ObjectNode config = readOrEmpty(source.resolve("tokenizer_config.json"));
        ObjectNode specialTokens = readOrEmpty(source.resolve("special_tokens_map.json"));
        for (String token : SPECIAL_TOKENS) {
            JsonNode value = config.hasNonNull(token) ? config.get(token) : specialTokens.path(token);
            String text = value.isObject() ? value.path("content").asText() : value.asText();
            if (!text.isEmpty()) {
                config.put(token, text);
            }
        }
        String template = chatTemplate(source, config.path("chat_template"));
        if (template.isEmpty()) {
            config.remove("chat_template");
        } else {
            config.put("chat_template", template);
        }
        return config;
    }

    private static String chatTemplate(Path source, JsonNode configured) {
        Path jinja = source.resolve("chat_template.jinja");
        Path json = source.resolve("chat_template.json");
        if (Files.exists(jinja)) {
            return readString(jinja);
        }
        if (configured.isMissingNode() && Files.exists(json)) {
            return JsonFiles.readObject(json).path("chat_template").asText();
        }
        if (configured.isArray()) {
            for (JsonNode named : configured) {
                if (named.path("name").asText().equals("default")) {
                    return named.path("template").asText();
                }
            }
            return "";
        }
        return configured.isTextual() ? configured.asText() : "";
    }

    private static ObjectNode readOrEmpty(Path file) {
        return Files.exists(file) ? JsonFiles.readObject(file) : JsonFiles.MAPPER.createObjectNode();
    }

    private static String readString(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Content only: files in shared caches are often write-protected. */
    private static void copyFile(Path from, Path to) {
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to)) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new CheckpointException(
                    to + ": cannot be written (" + e.getMessage() + "); check the directory and free space", e);
        }
    }
}
