package io.causalstreams.export.internal.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.ggml.GgmlType;
import io.causalstreams.export.internal.checkpoint.quantized.RawTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header of one safetensors file.
 *
 * <pre>
 *  byte 0        8                    8 + n
 *  | n (u64, LE) | JSON header, n bytes | tensor data, without holes or overlaps |
 * </pre>
 *
 * The rules are the reference implementation's (https://github.com/huggingface/safetensors, "Format"): a header of at most
 * 100 MB, no duplicate names, every tensor's bytes exactly its shape times its type's size, and the tensors together
 * exactly the rest of the file.
 */
public final class SafetensorsFile {

    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final int MAX_RANK = 16;
    private static final Map<String, Integer> BITS = Map.ofEntries(
            Map.entry("F64", 64),
            Map.entry("F32", 32),
            Map.entry("F16", 16),
            Map.entry("BF16", 16),
            Map.entry("F8_E4M3", 8),
            Map.entry("F8_E5M2", 8),
            Map.entry("F8_E8M0", 8),
            Map.entry("F4", 4),
            Map.entry("I64", 64),
            Map.entry("I32", 32),
            Map.entry("I16", 16),
            Map.entry("I8", 8),
            Map.entry("U64", 64),
            Map.entry("U32", 32),
            Map.entry("U16", 16),
            Map.entry("U8", 8),
            Map.entry("BOOL", 8));
    private static final Set<String> PLAIN = Set.of("F32", "F16", "BF16");
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** One header entry. Offsets in bytes, relative to the end of the header. */
    private record Entry(String name, String type, List<Long> shape, long begin, long end) {}

    private final ByteSource source;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, RawTensor> stored = new LinkedHashMap<>();

    private SafetensorsFile(ByteSource source) {
        this.source = source;
    }

    /**
     * Reads and checks the header.
     *
     * @throws CheckpointException if anything in it breaks the format's rules
     */
    public static SafetensorsFile open(ByteSource source) {
        SafetensorsFile file = new SafetensorsFile(source);
        long headerBytes = file.headerBytes();
        List<Entry> entries = file.parse((int) headerBytes);
        file.place(entries, 8 + headerBytes);
        return file;
    }

    /** Tensors of types that are weights as they are, by name, in the header's order. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** All tensors, of whatever type, by name. */
    Map<String, RawTensor> stored() {
        return stored;
    }

    private long headerBytes() {
        if (source.size() < 8) {
            throw damaged("has " + source.size() + " bytes, a safetensors file has at least 8");
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        source.read(0, length);
        long headerBytes = length.getLong(0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > source.size() - 8) {
            throw damaged("claims a header of " + Long.toUnsignedString(headerBytes) + " bytes in a file of "
                    + source.size());
        }
        return headerBytes;
    }

    private List<Entry> parse(int headerBytes) {
        byte[] header = new byte[headerBytes];
        source.read(8, ByteBuffer.wrap(header));
        List<Entry> entries = new ArrayList<>();
        try (JsonParser json = JSON.createParser(header)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "header is not a JSON object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                require(json.nextToken() == JsonToken.START_OBJECT, "header entry " + name + " is not an object");
                if (name.equals("__metadata__")) {
                    json.skipChildren();
                } else {
                    entries.add(entry(name, json));
                }
            }
            require(json.nextToken() == null, "header has content after its JSON object");
        } catch (IOException e) {
            throw damaged("header is not valid JSON (" + e.getMessage() + ")");
        }
        return entries;
    }

    private Entry entry(String name, JsonParser json) throws IOException {
        @Nullable String type = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    require(value == JsonToken.VALUE_STRING, "dtype of " + name + " is not a string");
                    type = json.getText();
                }
                case "shape" -> shape = naturals(name, field, MAX_RANK, json);
                case "data_offsets" -> offsets = naturals(name, field, 2, json);
                default -> throw damaged("header entry " + name + " has an unknown field " + field);
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw damaged("header entry " + name + " lacks dtype, shape or data_offsets");
        }
        return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private List<Long> naturals(String name, String field, int limit, JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.START_ARRAY, field + " of " + name + " is not an array");
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean natural = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    && json.getLongValue() >= 0;
            require(natural, field + " of " + name + " holds something else than natural numbers");
            require(numbers.size() < limit, field + " of " + name + " has more than " + limit + " numbers");
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    /** Checks that the tensors tile the data section, and resolves them to places in the file. */
    private void place(List<Entry> entries, long dataStart) {
        long end = 0;
        for (Entry entry : entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList()) {
            require(
                    entry.begin() == end,
                    "tensor " + entry.name() + " begins at " + entry.begin() + ", the one before ends at " + end);
            require(entry.end() >= entry.begin(), "tensor " + entry.name() + " ends before it begins");
            require(
                    entry.end() - entry.begin() == bytes(entry),
                    "tensor " + entry.name() + " has " + (entry.end() - entry.begin()) + " bytes, not those of "
                            + entry.type() + " " + entry.shape());
            end = entry.end();
        }
        require(
                end == source.size() - dataStart,
                "tensors end at byte " + end + ", the data at " + (source.size() - dataStart));
        for (Entry entry : entries) {
            String name = entry.name();
            long offset = dataStart + entry.begin();
            stored.put(name, new RawTensor(name, entry.type(), entry.shape(), source, offset, bytes(entry)));
            if (PLAIN.contains(entry.type())) {
                GgmlType type = GgmlType.valueOf(entry.type());
                tensors.put(name, new StoredTensor(name, type, entry.shape(), source, offset));
            }
        }
    }

    private long bytes(Entry entry) {
        Integer bits = BITS.get(entry.type());
        if (bits == null) {
            throw damaged("tensor " + entry.name() + " has the unknown type " + entry.type());
        }
        try {
            long totalBits = entry.shape().stream().reduce((long) bits, Math::multiplyExact);
            return totalBits / 8 + (totalBits % 8 == 0 ? 0 : 1);
        } catch (ArithmeticException e) {
            throw damaged("tensor " + entry.name() + " has the impossible shape " + entry.shape());
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw damaged(otherwise);
        }
    }

    private CheckpointException damaged(String what) {
        return new CheckpointException(source.name() + ": " + what + "; the file is damaged, download it again");
    }
}
