package io.causalstreams.export.internal.checkpoint.gguf;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.MappedTensor;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a GGUF file under their Hugging Face names.
 *
 * @param file the file
 * @param tensors by Hugging Face name
 */
public record GgufWeights(GgufFile file, Map<String, MappedTensor> tensors) implements WeightSource {

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).shape().stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public float[] read(String name) {
        return tensor(name).read();
    }

    @Override
    public ElementReader open(String name) {
        return tensor(name).open();
    }

    private MappedTensor tensor(String name) {
        MappedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(file.metadata().file() + ": has no tensor for " + name
                    + "; the file is incomplete, convert the model again");
        }
        return tensor;
    }
}
