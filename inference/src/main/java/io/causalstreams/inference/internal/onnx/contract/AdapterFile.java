package io.causalstreams.inference.internal.onnx.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.AdapterWeights;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Reads an adapter as {@code docs/graph-contract.md} describes it: safetensors, an A and a B for each product. */
final class AdapterFile {
    /** More than the header of any adapter has. */
    private static final int MOST_HEADER_BYTES = 16 << 20;

    private final Path file;
    private final FileChannel channel;
    private final JsonNode header;
    private final long begin;

    private AdapterFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long length = read(0, Long.BYTES).getLong(0);
        if (length < 2 || length > MOST_HEADER_BYTES) {
            throw new IOException("its header has " + length + " bytes, so it is no safetensors file");
        }
        this.header = new ObjectMapper().readTree(read(Long.BYTES, (int) length).array());
        this.begin = Long.BYTES + length;
    }

    /**
     * Reads all of it.
     *
     * @param fingerprint of the model
     * @param products of the model that take adapters, by address
     * @throws GenerationException.Failed if it is damaged or belongs to another model
     */
    static AdapterWeights read(String name, Path file, String fingerprint, Map<String, AdaptedProduct> products) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new AdapterWeights(name, new AdapterFile(file, channel).pairs(fingerprint, products));
        } catch (IOException e) {
            throw new GenerationException.Failed("adapter " + file + ": " + e.getMessage(), e);
        }
    }

    private Map<String, AdapterWeights.Pair> pairs(String fingerprint, Map<String, AdaptedProduct> products)
            throws IOException {
        String base = header.path("__metadata__").path("base").asText();
        if (!base.equals(fingerprint)) {
            throw failed("was converted for model " + base + ", this one is " + fingerprint + "; convert it again");
        }
        Map<String, AdapterWeights.Pair> pairs = new HashMap<>();
        for (var entry : products.entrySet()) {
            JsonNode a = header.path(entry.getKey() + ".a");
            if (!a.isMissingNode()) {
                JsonNode b = header.path(entry.getKey() + ".b");
                int rank = a.path("shape").path(1).asInt();
                AdaptedProduct product = entry.getValue();
                pairs.put(
                        entry.getKey(),
                        new AdapterWeights.Pair(
                                rank, elements(a, product.inputs(), rank), elements(b, rank, product.outputs())));
            }
        }
        return pairs;
    }

    private FloatBuffer elements(JsonNode tensor, int rows, int columns) throws IOException {
        JsonNode shape = tensor.path("shape");
        long from = tensor.path("data_offsets").path(0).asLong();
        long length = (long) rows * columns * Float.BYTES;
        if (rows < 1
                || shape.path(0).asInt() != rows
                || shape.path(1).asInt() != columns
                || !tensor.path("dtype").asText().equals("F32")
                || tensor.path("data_offsets").path(1).asLong() - from != length) {
            throw failed("has " + tensor + " where the model wants F32 of " + rows + " by " + columns
                    + "; convert it again");
        }
        return read(begin + from, Math.toIntExact(length)).asFloatBuffer();
    }

    private ByteBuffer read(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("ends after " + channel.size() + " bytes; it is incomplete");
            }
        }
        return bytes.flip();
    }

    private GenerationException.Failed failed(String problem) {
        return new GenerationException.Failed("adapter " + file + " " + problem, null);
    }
}
