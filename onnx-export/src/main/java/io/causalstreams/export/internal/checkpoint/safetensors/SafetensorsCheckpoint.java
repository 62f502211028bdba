package io.causalstreams.export.internal.checkpoint.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.Names;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.quantized.QuantizedWeights;
import io.causalstreams.export.internal.checkpoint.tokenizer.DirectoryTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A directory as Hugging Face's {@code save_pretrained} writes it. */
public final class SafetensorsCheckpoint implements Checkpoint {

    private final Path directory;
    private final JsonNode config;
    private final SafetensorsWeights stored;
    private final WeightSource weights;
    private final Map<String, SafetensorsWeights> folders = new LinkedHashMap<>();

    private SafetensorsCheckpoint(Path directory, JsonNode config, SafetensorsWeights stored) {
        this.directory = directory;
        this.config = config;
        this.stored = stored;
        this.weights = QuantizedWeights.of(config, stored, stored.stored());
    }

    public static SafetensorsCheckpoint open(Path directory) {
        Path configFile = directory.resolve("config.json");
        if (!Files.exists(configFile)) {
            throw new CheckpointException(
                    directory + ": has no config.json; give a checkpoint directory with config.json and *.safetensors");
        }
        JsonNode config = JsonFiles.readObject(configFile);
        SafetensorsWeights stored = SafetensorsWeights.open(directory, ShardIndex.of(directory));
        try {
            return new SafetensorsCheckpoint(directory, config, stored);
        } catch (RuntimeException e) {
            stored.close();
            throw e;
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
    public JsonNode file(String path) {
        Path file = directory.resolve(path);
        return Files.exists(file) ? JsonFiles.read(file) : MissingNode.getInstance();
    }

    @Override
    public WeightSource weightsIn(String folder) {
        return folders.computeIfAbsent(folder, name -> {
            Path inside = directory.resolve(name);
            return SafetensorsWeights.open(inside, ShardIndex.of(inside));
        });
    }

    @Override
    public void writeTokenizer(Path target) {
        DirectoryTokenizer.copy(directory, config, target);
    }

    @Override
    public String name() {
        return Names.ofPath(directory);
    }

    @Override
    public void close() {
        folders.values().forEach(SafetensorsWeights::close);
        stored.close();
    }
}
