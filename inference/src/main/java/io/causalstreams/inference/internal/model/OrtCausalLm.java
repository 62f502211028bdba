package io.causalstreams.inference.internal.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.kvcache.KvCacheLayout;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model directory's graph on ONNX Runtime, as {@code docs/graph-contract.md} describes it.
 *
 * <p>Everything a step needs is bound once and used again: input buffers, the logits buffer, and the cache's tensors. A
 * decode step of b rows runs with a map of tensors made at the first step of that size.
 *
 * <p>Threading: {@link #open} on any thread, then the engine thread only.
 */
public final class OrtCausalLm implements CausalLm {
    private static final int DEFAULT_CONTEXT_TOKENS = 2048;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ModelMetadata metadata;
    private final OrtKvCache cache;
    private final StepBuffers buffers;
    private final Map<Integer, DecodeBindings> decodes = new HashMap<>();
    private boolean closed;

    /** What a decode step of one size runs with. */
    private record DecodeBindings(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs, Logits logits) {}

    private OrtCausalLm(OrtEnvironment environment, OrtSession session, ModelMetadata metadata, OrtKvCache cache) {
        this.environment = environment;
        this.session = session;
        this.metadata = metadata;
        this.cache = cache;
        this.buffers = new StepBuffers(cache.layout().slots(), cache.layout().positions(), metadata.vocabularySize());
    }

    /**
     * Loads the graph and reserves the KV cache, {@code config.slots()} slots of {@code config.maxContextTokens()} (null =
     * what the model allows, at most 2048).
     *
     * @throws GenerationException.Failed if the graph cannot be loaded or the sizes do not fit; the message names both
     */
    public static OrtCausalLm open(ModelDirectory directory, EngineConfig config) {
        Path graph = directory.graph();
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session;
        try (SessionOptions options = new SessionOptions()) {
            if (config.intraOpThreads() != null) {
                options.setIntraOpNumThreads(config.intraOpThreads());
            }
            // The engine shares its machine with stream threads. Spinning workers take the cores from whoever could let
            // them go on: on two busy cores decoding was three times slower with spinning than without.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // Every chunk has its own length: patterns of memory would be planned for each and kept.
            options.setMemoryPatternOptimization(false);
            // Int8 products saturate on x86 without VNNI unless weights become unsigned; see docs/graph-contract.md.
            if (Int8Saturation.happensHere(environment)) {
                options.addConfigEntry("session.x64quantprecision", "1");
            }
            session = environment.createSession(graph.toString(), options);
        } catch (OrtException e) {
            throw new GenerationException.Failed(
                    "model " + graph + ": cannot be loaded (" + e.getMessage() + "); export it again", e);
        }
        try {
            return open(environment, session, graph, config);
        } catch (GenerationException | OrtException e) {
            try {
                session.close();
            } catch (OrtException suppressed) {
                e.addSuppressed(suppressed);
            }
            if (e instanceof GenerationException known) {
                throw known;
            }
            throw new GenerationException.Failed("model " + graph + ": its metadata cannot be read", e);
        }
    }

    private static OrtCausalLm open(OrtEnvironment environment, OrtSession session, Path graph, EngineConfig config)
            throws OrtException {
        Map<String, String> properties = session.getMetadata().getCustomMetadata();
        ModelMetadata metadata = OrtModelMetadata.read(graph, properties);
        int positions = contextTokens(metadata, config, graph);
        KvCacheLayout layout = new KvCacheLayout(
                metadata.layers(),
                config.slots(),
                metadata.kvHeads(),
                positions,
                metadata.headDim(),
                OrtModelMetadata.kvElementBytes(graph, properties));
        String lower = "; lower the slots or the context tokens of a slot";
        if (layout.blockBytes() > Integer.MAX_VALUE) {
            throw new GenerationException.Failed(
                    "model " + graph + ": the KV cache of " + layout.describe() + " has " + layout.blockBytes()
                            + " bytes in one layer's keys, the limit is 2147483647" + lower,
                    null);
        }
        try {
            return new OrtCausalLm(environment, session, metadata, new OrtKvCache(environment, layout));
        } catch (OutOfMemoryError e) {
            throw new GenerationException.Failed(
                    "model " + graph + ": no memory for the KV cache of " + layout.describe() + " = "
                            + layout.totalBytes() + " bytes" + lower,
                    e);
        }
    }

    private static int contextTokens(ModelMetadata metadata, EngineConfig config, Path graph) {
        Integer asked = config.maxContextTokens();
        if (asked == null) {
            return Math.min(metadata.maxContextTokens(), DEFAULT_CONTEXT_TOKENS);
        }
        if (asked > metadata.maxContextTokens()) {
            throw new GenerationException.Failed(
                    "model " + graph + ": " + asked + " context tokens asked for, the model has positions for "
                            + metadata.maxContextTokens() + "; lower maxContextTokens",
                    null);
        }
        return asked;
    }

    @Override
    public ModelMetadata metadata() {
        return metadata;
    }

    @Override
    public int slots() {
        return cache.layout().slots();
    }

    @Override
    public int maxContextTokens() {
        return cache.layout().positions();
    }

    @Override
    public long kvCacheBytes() {
        return cache.layout().totalBytes();
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
