package io.causalstreams.export.internal.checkpoint.safetensors;

import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.quantized.RawTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of one or several safetensors files of a directory. */
final class SafetensorsWeights implements WeightSource, AutoCloseable {

    private final List<ByteSource> sources = new ArrayList<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, RawTensor> stored = new LinkedHashMap<>();
    private final Path directory;

    private SafetensorsWeights(Path directory) {
        this.directory = directory;
    }

    /** Opens all files the index names and checks that each holds what the index promises. */
    static SafetensorsWeights open(Path directory, ShardIndex index) {
        SafetensorsWeights weights = new SafetensorsWeights(directory);
        try {
            for (String file : index.files()) {
                weights.add(directory.resolve(file), index.weightMap());
            }
            for (Map.Entry<String, String> promised : index.weightMap().entrySet()) {
                if (!weights.stored.containsKey(promised.getKey())) {
                    throw new CheckpointException(directory.resolve(promised.getValue()) + ": lacks tensor "
                            + promised.getKey() + " that the index promises; download the checkpoint again");
                }
            }
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private void add(Path path, Map<String, String> weightMap) {
        ByteSource source = FileByteSource.open(path);
        sources.add(source);
        SafetensorsFile file = SafetensorsFile.open(source);
        String fileName = path.getFileName().toString();
        for (RawTensor tensor : file.stored().values()) {
            // A file may hold tensors the index assigns elsewhere; the index decides.
            if (!fileName.equals(weightMap.getOrDefault(tensor.name(), fileName))) {
                continue;
            }
            StoredTensor plain = file.tensors().get(tensor.name());
            if (plain != null) {
                StackedExperts.apart(plain).forEach(part -> tensors.put(part.name(), part));
            }
            if (stored.put(tensor.name(), tensor) != null) {
                throw new CheckpointException(path + ": holds tensor " + tensor.name()
                        + ", which another file holds too; download the checkpoint again");
            }
        }
    }

    /** All tensors, of whatever type, by name. */
    Map<String, RawTensor> stored() {
        return stored;
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(tensors.keySet());
    }

    @Override
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).dimensions();
    }

    @Override
    public float[] read(String name) {
        return tensor(name).read();
    }

    @Override
    public ElementReader open(String name) {
        return tensor(name)::read;
    }

    private StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor != null) {
            return tensor;
        }
        RawTensor other = stored.get(name);
        throw new CheckpointException(directory + ": "
                + (other == null
                        ? "has no tensor " + name + "; the weights do not belong to this config.json"
                        : "tensor " + name + " has type " + other.type() + "; give a checkpoint in F32, F16 or BF16"));
    }

    @Override
    public void close() {
        sources.forEach(ByteSource::close);
    }
}
