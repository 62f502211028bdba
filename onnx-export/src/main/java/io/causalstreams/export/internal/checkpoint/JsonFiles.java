package io.causalstreams.export.internal.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The small JSON files beside the weights. */
public final class JsonFiles {

    /** Tokenizers of large vocabularies have some 30 MB. */
    private static final long MAX_BYTES = 200_000_000;

    public static final JsonMapper MAPPER = JsonMapper.builder().build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(200).build());
    }

    private JsonFiles() {}

    /** Reads a file whose content is one JSON object. */
    public static ObjectNode readObject(Path file) {
        if (read(file) instanceof ObjectNode object) {
            return object;
        }
        throw new CheckpointException(file + ": is not a JSON object; download it again");
    }

    /** Reads a file whose content is any JSON. */
    public static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(
                        file + ": has more than " + MAX_BYTES + " bytes; this is no such file of a checkpoint");
            }
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    file + ": is not valid JSON (" + e.getOriginalMessage() + "); download it again", e);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Parses text that is one JSON object; {@code what} names it in errors. */
    public static ObjectNode parse(String what, String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new CheckpointException(what + " is not a JSON object; convert the model again");
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    what + " is not valid JSON (" + e.getOriginalMessage() + "); convert the model again", e);
        }
    }

    public static void write(Path file, JsonNode content) {
        try {
            MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), content);
        } catch (IOException e) {
            throw new CheckpointException(
                    file + ": cannot be written (" + e.getMessage() + "); check the directory and free space", e);
        }
    }
}
