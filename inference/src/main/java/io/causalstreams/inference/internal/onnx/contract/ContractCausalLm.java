package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.onnx.cache.KvCache;
import io.causalstreams.inference.internal.onnx.cache.LargestCached;
import io.causalstreams.inference.internal.onnx.cache.SlottedCausalLm;
import io.causalstreams.inference.internal.onnx.device.DeviceException;
import io.causalstreams.inference.internal.onnx.device.OrtTensors;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph of our exporter on ONNX Runtime, as {@code docs/graph-contract.md} describes it.
 *
 * <p>Everything a step needs is bound once and used again: input buffers, the logits buffer, and the cache's tensors. A
 * decode step of b rows runs with a map of tensors made at the first step of that size.
 *
 * <p>Threading: opened on any thread, then the engine thread only.
 */
public final class ContractCausalLm extends SlottedCausalLm {
    /** The input that identifies a graph of ours: per row the position of its last token. */
    public static final String LAST_POSITIONS = "seqlens_k";

    /** Of fp32, in the scores of one pass's attention (heads, tokens, positions of a slot): 64 MB. */
    private static final int MOST_SCORES = 16 << 20;
    /** Fewer tokens at a time would leave the matrix kernels half idle. */
    private static final int FEWEST_TOKENS = 64;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final KvCache cache;
    private final StepBuffers buffers;
    /** 0 = all sequences have positions of one kind. */
    private final int shortContextTokens;

    private final @Nullable AdapterInputs adapters;
    private final @Nullable OnDevice device;
    private int longestPass;
    private final Map<Integer, DecodeBindings> decodes = new HashMap<>();
    private boolean closed;

    /** What a decode step of one size runs with. */
    private record DecodeBindings(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs, Logits logits) {}

    /**
     * What there is more of on a device.
     *
     * @param tensors what the cache's tensors are made by
     * @param recorded decode steps that are replayed; null = each is computed node by node
     */
    record OnDevice(OrtTensors tensors, @Nullable RecordedDecodes recorded) {}

    ContractCausalLm(
            OrtEnvironment environment,
            OrtSession session,
            KvCache cache,
            StepBuffers buffers,
            ContractFacts facts,
            @Nullable AdapterInputs adapters,
            @Nullable OnDevice device) {
        super(facts.metadata(), cache.layout());
        this.environment = environment;
        this.session = session;
        this.cache = cache;
        this.adapters = adapters;
        this.device = device;
        this.buffers = buffers;
        this.shortContextTokens = facts.shortContextTokens();
        this.longestPass = longestPass(facts.heads(), cache.layout().positions());
    }

    /** Tokens that one pass may append to a slot of {@code positions}. */
    static int longestPass(int heads, int positions) {
        return Math.max(FEWEST_TOKENS, MOST_SCORES / heads / positions);
    }

    /** Bytes of the scores in the attention of a pass over {@code chunk} tokens of a slot of {@code positions}. */
    static long scoreBytes(int heads, int positions, int chunk) {
        return (long) heads * Math.min(chunk, longestPass(heads, positions)) * positions * Float.BYTES;
    }

    /** Takes the memory that passes need, and has the device's libraries loaded. */
    void runLargestPasses(String device, int prefillChunkTokens) {
        int rows = cache.layout().slots();
        try {
            int chunk = Math.min(prefillChunkTokens, cache.layout().positions());
            prefill(0, new int[chunk], 0, LogitsWanted.LAST);
            decode(new int[rows], new int[rows], rows);
            RecordedDecodes steps = recorded();
            if (steps != null) {
                steps.recordAll();
            }
        } catch (StepFailedException | OrtException e) {
            throw new GenerationException.Failed(
                    "model " + metadata.name() + ": " + device
                            + " cannot compute passes beside a KV cache of "
                            + cache.layout().describe() + " (" + e.getMessage()
                            + "); lower the slots or the prefill chunk",
                    e);
        }
    }

    private @Nullable RecordedDecodes recorded() {
        return device == null ? null : device.recorded();
    }

    @Override
    public boolean leavesHostFree() {
        return device != null;
    }

    @Override
    public int rowsOfStep(int rows) {
        RecordedDecodes steps = recorded();
        return steps == null ? rows : steps.rowsFor(rows);
    }

    @Override
    public int shortContextTokens() {
        return shortContextTokens == 0 ? maxContextTokens() : shortContextTokens;
    }

    @Override
    public void setLongContext(int slot, boolean longContext) {
        buffers.longContext.put(slot, longContext ? 1 : 0);
    }

    @Override
    public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
        int longest = 0;
        for (int row = 0; row < rows; row++) {
            buffers.tokenIds.put(row, tokenIds[row]);
            buffers.lastPositions.put(row, pastLengths[row]);
            longest = Math.max(longest, pastLengths[row] + 1);
            cache.write(row, pastLengths[row] + 1);
        }
        buffers.totalLength.put(0, longest);
        RecordedDecodes steps = recorded();
        try {
            if (steps != null) {
                return steps.run(rows, longest);
            }
            DecodeBindings bindings = decodeBindings(rows);
            Map<String, OnnxTensor> in = bindings.inputs();
            if (adapters != null) {
                in.putAll(adapters.ofRows(rows));
            }
            session.run(in, Set.of(), bindings.outputs()).close();
            return bindings.logits();
        } catch (OrtException | DeviceException e) {
            throw new StepFailedException("decode step of " + rows + " rows: " + e.getMessage(), e);
        }
    }

    @Override
    public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("a pass over no tokens");
        }
        int rows = wanted == LogitsWanted.ALL ? tokenIds.length : 1;
        FloatBuffer logits = buffers.chunkLogits(rows);
        int passes = ceilDiv(tokenIds.length, longestPass);
        int pass = ceilDiv(tokenIds.length, passes); // of equal size: a short rest would leave the kernels half idle
        try {
            for (int from = 0; from < tokenIds.length; from += pass) {
                int count = Math.min(pass, tokenIds.length - from);
                if (wanted == LogitsWanted.ALL) {
                    int begin = from * metadata.vocabularySize();
                    FloatBuffer target = logits.slice(begin, logits.capacity() - begin);
                    pass(slot, tokenIds, from, count, pastLength, target, count);
                } else {
                    pass(slot, tokenIds, from, count, pastLength, logits, 1);
                }
            }
        } catch (OrtException e) {
            throw new StepFailedException(
                    "prefill of " + tokenIds.length + " tokens at " + pastLength + ": " + e.getMessage(), e);
        }
        return new Logits(logits, wanted == LogitsWanted.NONE ? 0 : rows, metadata.vocabularySize());
    }

    /**
     * Appends {@code count} of {@code tokenIds}, from {@code from} on; those before are appended already.
     *
     * @param target gets the logits of the last {@code rows} of them, at its beginning
     */
    private void pass(int slot, int[] tokenIds, int from, int count, int pastLength, FloatBuffer target, int rows)
            throws OrtException {
        for (int i = 0; i < count; i++) {
            buffers.tokenIds.put(i, tokenIds[from + i]);
        }
        buffers.lastPositions.put(0, pastLength + from + count - 1);
        buffers.totalLength.put(0, pastLength + from + count);
        cache.write(slot, pastLength + from + count);
        LongBuffer wanted = buffers.rowNumbers.slice(count - rows, rows);
        try (OnnxTensor longContext = longContext(slot, 1);
                OnnxTensor ids = tensor(buffers.tokenIds, 1, count);
                OnnxTensor last = tensor(buffers.lastPositions, 1);
                OnnxTensor total = scalar(buffers.totalLength);
                OnnxTensor positions = tensor(wanted, rows);
                OnnxTensor logits = tensor(target, rows, metadata.vocabularySize())) {
            KvCache.Bindings bindings = cache.bind(slot, 1);
            Map<String, OnnxTensor> in = named(bindings.past(), ids, last, total, positions, longContext);
            if (adapters != null) {
                in.putAll(adapters.ofChunk(slot, count));
            }
            Map<String, OnnxTensor> out = new HashMap<>(bindings.present());
            out.put("logits", logits);
            RecordedDecodes steps = recorded();
            if (steps == null) {
                session.run(in, Set.of(), out).close();
            } else {
                session.run(in, Set.of(), out, steps.unrecorded()).close();
            }
        }
    }

    private static int ceilDiv(int dividend, int divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }

    @Override
    public void copySlot(int from, int to, int length) {
        cache.copySlot(from, to, length);
    }

    @Override
    public void forget(int slot, int length) {
        cache.forget(slot, length);
    }

    @Override
    public AdapterWeights readAdapter(String name, Path file) {
        return adapters == null
                ? super.readAdapter(name, file)
                : AdapterFile.read(name, file, metadata.fingerprint(), adapters.products());
    }

    @Override
    public void useAdapter(int slot, @Nullable AdapterWeights adapter) {
        if (adapters == null) {
            super.useAdapter(slot, adapter);
        } else {
            adapters.use(slot, adapter);
        }
    }

    /**
     * {@link LargestCached}.
     *
     * @throws GenerationException.Failed if the cache is not of fp32
     */
    public float[][] largestCached(int slot, int length) {
        if (cache.layout().elementBytes() != Float.BYTES) {
            throw new GenerationException.Failed(
                    "model " + metadata.name() + ": its KV cache is not of fp32; export it without --kv-cache int8",
                    null);
        }
        try {
            return LargestCached.of(cache, slot, length);
        } catch (OrtException e) {
            throw new StepFailedException("the cache cannot be read: " + e.getMessage(), e);
        }
    }

    /** Cuts passes at so many tokens; for tests. */
    void cutPassesAt(int tokens) {
        longestPass = tokens;
    }

    /** Fills the cache's memory with a byte; for tests. */
    void fillCache(byte value) {
        cache.fill(value);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        decodes.values().forEach(bindings -> {
            StepBuffers.NAMES.forEach(name -> close(bindings.inputs().get(name)));
            close(bindings.outputs().get("logits"));
        });
        if (adapters != null) {
            adapters.close();
        }
        RecordedDecodes steps = recorded();
        if (steps != null) {
            steps.close();
        }
        cache.close();
        if (device != null) {
            device.tensors().close();
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new GenerationException.Failed("the session could not be closed", e);
        }
    }

    private static void close(@Nullable OnnxTensor tensor) {
        if (tensor != null) {
            tensor.close();
        }
    }

    private DecodeBindings decodeBindings(int rows) throws OrtException {
        DecodeBindings known = decodes.get(rows);
        if (known != null) {
            return known;
        }
        KvCache.Bindings bindings = cache.bind(0, rows);
        Map<String, OnnxTensor> in = named(
                bindings.past(),
                tensor(buffers.tokenIds, rows, 1),
                tensor(buffers.lastPositions, rows),
                scalar(buffers.totalLength),
                tensor(buffers.rowNumbers, rows),
                longContext(0, rows));
        FloatBuffer logits = buffers.decodeLogits();
        Map<String, OnnxTensor> out = new HashMap<>(bindings.present());
        out.put("logits", tensor(logits, rows, metadata.vocabularySize()));
        DecodeBindings created = new DecodeBindings(in, out, new Logits(logits, rows, metadata.vocabularySize()));
        decodes.put(rows, created);
        return created;
    }

    private static Map<String, OnnxTensor> named(
            Map<String, OnnxTensor> past,
            OnnxTensor ids,
            OnnxTensor last,
            OnnxTensor total,
            OnnxTensor positions,
            @Nullable OnnxTensor longContext) {
        Map<String, OnnxTensor> named = new HashMap<>(past);
        named.put("input_ids", ids);
        named.put(LAST_POSITIONS, last);
        named.put("total_sequence_length", total);
        named.put("logits_positions", positions);
        if (longContext != null) {
            named.put("long_context", longContext);
        }
        return named;
    }

    /** Null where the graph has no such input. */
    private @Nullable OnnxTensor longContext(int firstSlot, int rows) throws OrtException {
        return shortContextTokens == 0 ? null : tensor(buffers.longContext.slice(firstSlot, rows), rows);
    }

    private OnnxTensor tensor(LongBuffer buffer, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer.slice(0, elements(shape)), shape);
    }

    private OnnxTensor tensor(IntBuffer buffer, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer.slice(0, elements(shape)), shape);
    }

    private OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer.slice(0, elements(shape)), shape);
    }

    private OnnxTensor scalar(IntBuffer buffer) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer, new long[0]);
    }

    private static int elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return Math.toIntExact(product);
    }
}
