package io.causalstreams.export.internal.checkpoint.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.Names;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.tokenizer.DirectoryTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory as Hugging Face's {@code save_pretrained} writes it. */
public final class SafetensorsCheckpoint implements Checkpoint {

    private final Path directory;
    private final JsonNode config;
    private final SafetensorsWeights weights;

    private SafetensorsCheckpoint(Path directory, JsonNode config, SafetensorsWeights weights) {
        this.directory = directory;
        this.config = config;
        this.weights = weights;
    }

    public static SafetensorsCheckpoint open(Path directory) {
        Path configFile = directory.resolve("config.json");
        if (!Files.exists(configFile)) {
            throw new CheckpointException(
                    directory + ": has no config.json; give a checkpoint directory with config.json and *.safetensors");
        }
        JsonNode config = JsonFiles.readObject(configFile);
        return new SafetensorsCheckpoint(
                directory, config, SafetensorsWeights.open(directory, ShardIndex.of(directory)));
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
    public void writeTokenizer(Path target) {
        DirectoryTokenizer.copy(directory, target);
    }

    @Override
    public String name() {
        return Names.ofPath(directory);
    }

    @Override
    public void close() {
        weights.close();
    }
}
