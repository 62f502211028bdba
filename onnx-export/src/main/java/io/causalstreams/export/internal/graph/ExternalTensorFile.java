package io.causalstreams.export.internal.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The file beside {@code model.onnx} that holds the elements of large initializers (ONNX "external data").
 *
 * <p>Tensors are appended piece by piece, see {@link PieceComputer}, so memory stays at some pieces whatever the size of the
 * model, and the runtime can map the file. Large ones start at a page boundary, which mapping needs. What is smaller than
 * {@value #INLINE_BYTES} bytes stays in the graph, where shape inference can see it.
 *
 * <p>Threading: one thread.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">ONNX external data</a>
 */
public final class ExternalTensorFile implements TensorStore, AutoCloseable {
    static final int INLINE_BYTES = 1024;
    private static final int PAGE_BYTES = 4096;

    private final String location;
    private final AppendedFile file;
    private final PieceComputer computer = new PieceComputer();
    private final LongConsumer progress;

    public ExternalTensorFile(Path file) throws IOException {
        this(file, written -> {});
    }

    /** @param progress takes the bytes written so far, after every piece */
    public ExternalTensorFile(Path file, LongConsumer progress) throws IOException {
        this.location = String.valueOf(file.getFileName());
        this.file = new AppendedFile(file);
        this.progress = progress;
    }

    @Override
    public void store(TensorProto.Builder tensor, Supplier<TensorData> data) throws IOException {
        TensorData elements = data.get();
        long bytes = elements.size() * elements.type().bytes();
        if (bytes < INLINE_BYTES) {
            tensor.setRawData(ByteString.copyFrom(elements.toBytes()));
            return;
        }
        align(bytes >= PAGE_BYTES ? PAGE_BYTES : 64);
        tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(file.size())))
                .addExternalData(entry("length", Long.toString(bytes)));
        computer.compute(elements, this::append);
    }

    /** Waits until all that was stored can be read; more may follow. */
    public void flush() throws IOException {
        align(file.blockBytes());
        file.flush();
    }

    /** Ends the writing, and waits until all is on the disk; SHA-256 of it, in hexadecimal. */
    public String finish() throws IOException {
        return file.finish();
    }

    /** Bytes written. */
    public long size() {
        return file.size();
    }

    @Override
    public void close() throws IOException {
        computer.close();
        file.close();
    }

    private void align(int boundary) throws IOException {
        int padding = Math.floorMod(-file.size(), boundary);
        if (padding > 0) {
            append(ByteBuffer.wrap(new byte[padding]));
        }
    }

    private void append(ByteBuffer bytes) throws IOException {
        file.append(bytes);
        progress.accept(file.size());
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
