package io.causalstreams.export.internal.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.GgufMapping;
import io.causalstreams.export.internal.checkpoint.tokenizer.GgufTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A single GGUF file: metadata, tokenizer and weights. */
public final class GgufCheckpoint implements Checkpoint {

    private final ByteSource source;
    private final GgufFile file;
    private final ObjectNode config;
    private final GgufWeights weights;

    private GgufCheckpoint(ByteSource source, GgufFile file) {
        this.source = source;
        this.file = file;
        GgufMapping family = GgufMapping.of(file);
        this.config = family.config(file);
        this.weights = new GgufWeights(file, family.weights(file, config));
    }

    public static GgufCheckpoint open(Path path) {
        ByteSource source = FileByteSource.open(path);
        try {
            GgufFile file = GgufFile.open(source);
            requireWhole(file.metadata());
            return new GgufCheckpoint(source, file);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static void requireWhole(GgufMetadata metadata) {
        int parts = metadata.integer("split.count").orElse(1);
        if (parts > 1) {
            throw new CheckpointException(metadata.file() + ": is one of " + parts
                    + " parts of a model; join them with llama-gguf-split --merge, or give the model as safetensors");
        }
    }

    /** The GGUF file of a directory that holds one, and no other checkpoint. */
    public static Optional<Path> onlyFileOf(Path directory) {
        if (Files.exists(directory.resolve("config.json"))) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(
                            file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".gguf"))
                    .toList();
            return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
        } catch (IOException e) {
            throw new CheckpointException(directory + ": cannot be listed (" + e.getMessage() + ")", e);
        }
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
        GgufTokenizer.write(file.metadata(), config, directory);
    }

    @Override
    public String name() {
        return GgufNames.of(file.metadata(), source.name());
    }

    @Override
    public void close() {
        source.close();
    }
}
