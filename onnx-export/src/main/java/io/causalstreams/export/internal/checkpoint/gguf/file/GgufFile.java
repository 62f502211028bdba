package io.causalstreams.export.internal.checkpoint.gguf.file;

import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.ggml.GgmlType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of a GGUF file, versions 2 and 3, little-endian
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 *
 * <pre>
 *  "GGUF" | version u32 | tensor count u64 | key-value count u64
 *  | key-values: key string, type u32, value ...
 *  | tensor infos: name string, rank u32, dimensions u64[rank] (innermost first), type u32, offset u64
 *  | padding to general.alignment | tensor data
 * </pre>
 *
 * @param metadata the key-value section
 * @param tensors tensors of types that can be read, by their GGUF name, shapes outermost first
 * @param unreadable the other tensors: name to numeric type
 */
public record GgufFile(GgufMetadata metadata, Map<String, StoredTensor> tensors, Map<String, Integer> unreadable) {

    private static final int MAGIC = 0x46554747;
    private static final int MAX_RANK = 4;
    private static final int MAX_ALIGNMENT = 1 << 20;

    /** One tensor info. Shape outermost first; offset from the start of the data section, bytes. */
    private record Entry(String name, List<Long> shape, int type, long offset) {}

    /**
     * Reads and checks the header.
     *
     * @throws CheckpointException if it is damaged, cut short, of another version, or its tensors lie outside the file or
     *     overlap
     */
    public static GgufFile open(ByteSource source) {
        GgufCursor cursor = new GgufCursor(source);
        int magic = source.size() < 4 ? 0 : cursor.i32();
        if (magic != MAGIC) {
            throw new CheckpointException(source.name()
                    + ": is not a GGUF file; give a .gguf file, or a directory with config.json and *.safetensors");
        }
        int version = cursor.i32();
        if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
            throw new CheckpointException(
                    source.name()
                            + ": is big-endian GGUF, which is not read; convert it with gguf-py's gguf_convert_endian.py, or give the model as safetensors");
        }
        if (version != 2 && version != 3) {
            throw new CheckpointException(source.name() + ": has GGUF version " + Integer.toUnsignedString(version)
                    + ", versions 2 and 3 (little-endian) can be read; convert the model again");
        }
        int tensorCount = cursor.count("tensors", 8 + 4 + 4 + 8);
        int keyCount = cursor.count("keys", 8 + 4 + 1);
        GgufMetadata metadata = new GgufMetadata(source.name(), GgufValues.read(cursor, keyCount));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            entries.add(entry(cursor));
        }
        return place(source, cursor, metadata, entries);
    }

    private static Entry entry(GgufCursor cursor) {
        String name = cursor.string();
        int rank = cursor.i32();
        if (rank < 0 || rank > MAX_RANK) {
            throw cursor.damaged("tensor " + name + " has " + Integer.toUnsignedString(rank) + " dimensions");
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            shape.add(cursor.i64());
        }
        Collections.reverse(shape);
        return new Entry(name, shape, cursor.i32(), cursor.i64());
    }

    private static GgufFile place(ByteSource source, GgufCursor cursor, GgufMetadata metadata, List<Entry> entries) {
        int alignment = metadata.integer("general.alignment").orElse(32);
        if (Integer.bitCount(alignment) != 1 || alignment > MAX_ALIGNMENT) {
            throw cursor.damaged("has the alignment " + alignment);
        }
        long dataStart = (cursor.position() + alignment - 1) / alignment * alignment;
        long dataBytes = Math.max(0, source.size() - dataStart);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, Integer> unreadable = new LinkedHashMap<>();
        long end = 0;
        for (Entry entry :
                entries.stream().sorted(Comparator.comparingLong(Entry::offset)).toList()) {
            if (entry.offset() < end || entry.offset() > dataBytes || entry.offset() % alignment != 0) {
                throw cursor.damaged("tensor " + entry.name() + " begins at " + entry.offset()
                        + ", where no tensor can begin (the one before ends at " + end + ", the data at " + dataBytes
                        + ")");
            }
            Optional<GgmlType> type = GgmlType.ofCode(entry.type());
            if (type.isPresent()) {
                long bytes = bytes(cursor, entry, type.get());
                if (bytes > dataBytes - entry.offset()) {
                    throw cursor.damaged("tensor " + entry.name() + " ends at " + (entry.offset() + bytes)
                            + ", the data at " + dataBytes);
                }
                end = entry.offset() + bytes;
                StoredTensor tensor =
                        new StoredTensor(entry.name(), type.get(), entry.shape(), source, dataStart + entry.offset());
                if (tensors.put(entry.name(), tensor) != null) {
                    throw cursor.damaged("has two tensors " + entry.name());
                }
            } else if (unreadable.put(entry.name(), entry.type()) != null) {
                throw cursor.damaged("has two tensors " + entry.name());
            }
        }
        return new GgufFile(metadata, tensors, unreadable);
    }

    /** Stored bytes of a tensor; refuses shapes whose product overflows or whose rows are no whole blocks. */
    private static long bytes(GgufCursor cursor, Entry entry, GgmlType type) {
        long rowElements =
                entry.shape().isEmpty() ? 1 : entry.shape().get(entry.shape().size() - 1);
        boolean positive = entry.shape().stream().allMatch(dimension -> dimension > 0);
        if (!positive || rowElements % type.blockElements() != 0) {
            throw cursor.damaged(
                    "tensor " + entry.name() + " has the impossible shape " + entry.shape() + " for " + type);
        }
        try {
            long elements = entry.shape().stream().reduce(1L, Math::multiplyExact);
            return Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
        } catch (ArithmeticException e) {
            throw cursor.damaged("tensor " + entry.name() + " has the impossible shape " + entry.shape());
        }
    }
}
