package io.causalstreams.inference.internal.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
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
final class OrtCausalLm extends SlottedCausalLm {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OrtKvCache cache;
    private final StepBuffers buffers;
    private final Map<Integer, DecodeBindings> decodes = new HashMap<>();
    private boolean closed;

    /** What a decode step of one size runs with. */
    private record DecodeBindings(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs, Logits logits) {}

    private OrtCausalLm(OrtEnvironment environment, OrtSession session, ModelMetadata metadata, OrtKvCache cache) {
        super(metadata, cache.layout());
        this.environment = environment;
        this.session = session;
        this.cache = cache;
        this.buffers = new StepBuffers(cache.layout().slots(), cache.layout().positions(), metadata.vocabularySize());
    }

    /** Takes over {@code session}; whoever opened it closes it if this fails. */
    static OrtCausalLm open(OrtEnvironment environment, OrtSession session, Path graph, EngineConfig config)
            throws OrtException {
        Map<String, String> properties = session.getMetadata().getCustomMetadata();
        ModelMetadata metadata = OrtModelMetadata.read(graph, properties);
        OrtKvCache cache = KvCacheReservation.reserve(
                environment, graph, metadata, OrtModelMetadata.kvElementBytes(graph, properties), config);
        return new OrtCausalLm(environment, session, metadata, cache);
    }

    @Override
    public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
        int longest = 0;
        for (int row = 0; row < rows; row++) {
            buffers.tokenIds.put(row, tokenIds[row]);
            buffers.lastPositions.put(row, pastLengths[row]);
            longest = Math.max(longest, pastLengths[row] + 1);
        }
        buffers.totalLength.put(0, longest);
        try {
            DecodeBindings bindings = decodeBindings(rows);
            session.run(bindings.inputs(), Set.of(), bindings.outputs()).close();
            return bindings.logits();
        } catch (OrtException e) {
            throw new StepFailedException("decode step of " + rows + " rows: " + e.getMessage(), e);
        }
    }

    @Override
    public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
        int chunk = tokenIds.length;
        int rows = wanted == LogitsWanted.ALL ? chunk : 1;
        for (int position = 0; position < chunk; position++) {
            buffers.tokenIds.put(position, tokenIds[position]);
        }
        buffers.lastPositions.put(0, pastLength + chunk - 1);
        buffers.totalLength.put(0, pastLength + chunk);
        try (OnnxTensor ids = tensor(buffers.tokenIds, 1, chunk);
                OnnxTensor last = tensor(buffers.lastPositions, 1);
                OnnxTensor total = scalar(buffers.totalLength);
                OnnxTensor positions = rows == chunk
                        ? tensor(buffers.rowNumbers, rows)
                        : OnnxTensor.createTensor(environment, buffers.rowNumbers.slice(chunk - 1, 1), new long[] {1});
                OnnxTensor logits = tensor(buffers.chunkLogits(rows), rows, metadata.vocabularySize())) {
            OrtKvCache.Bindings bindings = cache.bind(slot, 1);
            Map<String, OnnxTensor> in = named(bindings.past(), ids, last, total, positions);
            Map<String, OnnxTensor> out = new HashMap<>(bindings.present());
            out.put("logits", logits);
            session.run(in, Set.of(), out).close();
        } catch (OrtException e) {
            throw new StepFailedException(
                    "prefill of " + chunk + " tokens at " + pastLength + ": " + e.getMessage(), e);
        }
        int visible = wanted == LogitsWanted.NONE ? 0 : rows;
        return new Logits(buffers.chunkLogits(rows), visible, metadata.vocabularySize());
    }

    @Override
    public void copySlot(int from, int to, int length) {
        cache.copySlot(from, to, length);
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
        cache.close();
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
        OrtKvCache.Bindings bindings = cache.bind(0, rows);
        Map<String, OnnxTensor> in = named(
                bindings.past(),
                tensor(buffers.tokenIds, rows, 1),
                tensor(buffers.lastPositions, rows),
                scalar(buffers.totalLength),
                tensor(buffers.rowNumbers, rows));
        FloatBuffer logits = buffers.decodeLogits();
        Map<String, OnnxTensor> out = new HashMap<>(bindings.present());
        out.put("logits", tensor(logits, rows, metadata.vocabularySize()));
        DecodeBindings created = new DecodeBindings(in, out, new Logits(logits, rows, metadata.vocabularySize()));
        decodes.put(rows, created);
        return created;
    }

    private static Map<String, OnnxTensor> named(
            Map<String, OnnxTensor> past, OnnxTensor ids, OnnxTensor last, OnnxTensor total, OnnxTensor positions) {
        Map<String, OnnxTensor> named = new HashMap<>(past);
        named.put("input_ids", ids);
        named.put("seqlens_k", last);
        named.put("total_sequence_length", total);
        named.put("logits_positions", positions);
        return named;
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
