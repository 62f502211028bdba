package io.causalstreams.export.internal.checkpoint.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Writes safetensors files: length of the header, header in JSON, elements. */
public final class SafetensorsOutput {
    private SafetensorsOutput() {}

    /**
     * A matrix of fp32.
     *
     * @param elements row-major, asked for when they are written
     */
    public record Matrix(String name, int rows, int columns, Supplier<float[]> elements) {
        long bytes() {
            return (long) rows * columns * Float.BYTES;
        }
    }

    /** Writes a file, whatever was there, down to the disk. */
    public static void write(Path file, Map<String, String> metadata, List<Matrix> matrices) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] header = header(metadata, matrices);
            write(
                    channel,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, header.length));
            write(channel, ByteBuffer.wrap(header));
            for (Matrix matrix : matrices) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Math.toIntExact(matrix.bytes())).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(matrix.elements().get(), 0, matrix.rows() * matrix.columns());
                write(channel, bytes);
            }
            channel.force(true);
        }
    }

    private static byte[] header(Map<String, String> metadata, List<Matrix> matrices) {
        ObjectNode header = new ObjectMapper().createObjectNode();
        metadata.forEach(header.putObject("__metadata__")::put);
        long end = 0;
        for (Matrix matrix : matrices) {
            ObjectNode entry = header.putObject(matrix.name());
            entry.put("dtype", "F32");
            entry.putArray("shape").add(matrix.rows()).add(matrix.columns());
            long begin = end;
            end += matrix.bytes();
            entry.putArray("data_offsets").add(begin).add(end);
        }
        // Readers map the elements: they begin at a multiple of eight bytes.
        String text = header.toString();
        return (text + " ".repeat(Math.floorMod(-text.getBytes(StandardCharsets.UTF_8).length, 8)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
