package io.causalstreams.export.internal.mixing;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.causalstreams.export.internal.graph.ExternalTensorFile;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.TensorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights of many graphs that differ in few products: what they share is written once, what one has finer goes to a file of
 * its own, which the next one replaces.
 */
public final class CandidateTensors implements TensorStore, AutoCloseable {
    private final Path fineFile;
    private final ExternalTensorFile shared;
    private final Map<String, TensorProto> written = new HashMap<>();
    private Collection<MatrixGroup> groups = List.of();
    private ExternalTensorFile fine;

    public CandidateTensors(Path directory) throws IOException {
        this.fineFile = directory.resolve("fine.data");
        this.shared = new ExternalTensorFile(directory.resolve("shared.data"));
        this.fine = new ExternalTensorFile(fineFile);
    }

    /** Begins another graph, in which {@code groups} are finer; the one before must be out of use. */
    public void begin(Collection<MatrixGroup> groups) throws IOException {
        fine.close();
        Files.delete(fineFile);
        fine = new ExternalTensorFile(fineFile);
        this.groups = List.copyOf(groups);
    }

    @Override
    public void store(TensorProto.Builder tensor, Supplier<TensorData> data) throws IOException {
        if (groups.stream().anyMatch(group -> group.holds(tensor.getName()))) {
            fine.store(tensor, data);
            return;
        }
        TensorProto known = written.get(tensor.getName());
        if (known == null) {
            shared.store(tensor, data);
            written.put(tensor.getName(), tensor.build());
        } else {
            tensor.mergeFrom(known.toBuilder().clearDims().build());
        }
    }

    /** Waits until the graph can be run. */
    public void flush() throws IOException {
        shared.flush();
        fine.flush();
    }

    @Override
    public void close() throws IOException {
        shared.close();
        fine.close();
    }
}
