package io.causalstreams.export.internal.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.GgufMapping;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.GgufMappings;
import io.causalstreams.export.internal.checkpoint.tokenizer.GgufTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A model as GGUF, in one file or several parts: metadata, tokenizer and weights. */
public final class GgufCheckpoint implements Checkpoint {

    private final GgufParts parts;
    private final ObjectNode config;
    private final GgufWeights weights;

    private GgufCheckpoint(GgufParts parts) {
        this.parts = parts;
        GgufMapping family = GgufMappings.of(parts.file());
        this.config = family.config(parts.file());
        this.weights = new GgufWeights(parts.file(), family.weights(parts.file(), config));
    }

    /** Opens a file; where it is one of several parts, the others beside it too. */
    public static GgufCheckpoint open(Path path) {
        GgufParts parts = GgufParts.open(path);
        try {
            return new GgufCheckpoint(parts);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The GGUF file of a directory that holds one, or the parts of one, and no other checkpoint. */
    public static Optional<Path> onlyFileOf(Path directory) {
        if (Files.exists(directory.resolve("config.json"))) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(
                            file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".gguf"))
                    .toList();
            return GgufParts.firstOf(found);
        } catch (IOException e) {
            throw new CheckpointException(directory + ": cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    /** A file alone, or by its name one of several parts: those that exist, in their order. */
    public static List<Path> partsOf(Path file) {
        return GgufParts.beside(file).stream().filter(Files::exists).toList();
    }

    @Override
    public JsonNode config() {
        return config;
    }

    @Override
    public WeightSource weights() {
        return weights;
    }

    @Override
    public void writeTokenizer(Path directory) {
        GgufTokenizer.write(parts.file().metadata(), config, directory);
    }

    @Override
    public String name() {
        return GgufNames.of(parts.file().metadata(), parts.sources().get(0).name());
    }

    @Override
    public void close() {
        parts.close();
    }
}
