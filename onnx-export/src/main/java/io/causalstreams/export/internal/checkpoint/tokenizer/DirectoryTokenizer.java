package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
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

    public static void copy(Path source, Path target) {
        Path tokenizer = source.resolve("tokenizer.json");
        if (!Files.exists(tokenizer)) {
            throw new CheckpointException(
                    source
                            + ": has no tokenizer.json; save the tokenizer as a fast tokenizer (AutoTokenizer.save_pretrained)");
        }
        JsonFiles.readObject(tokenizer);
        copyFile(tokenizer, target.resolve("tokenizer.json"));
        JsonFiles.write(target.resolve("tokenizer_config.json"), config(source));
        Path generation = source.resolve("generation_config.json");
        if (Files.exists(generation)) {
            JsonFiles.readObject(generation);
            copyFile(generation, target.resolve("generation_config.json"));
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
