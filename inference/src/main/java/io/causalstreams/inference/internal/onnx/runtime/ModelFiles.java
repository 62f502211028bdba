package io.causalstreams.inference.internal.onnx.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JSON files of a model directory. */
public final class ModelFiles {
    public static final String CONFIG = "config.json";
    public static final String GENAI_CONFIG = "genai_config.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelFiles() {}

    /** The file's content; an empty object if there is none. @throws GenerationException.Failed naming the file */
    public static JsonNode read(Path directory, String name) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new GenerationException.Failed("model " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
