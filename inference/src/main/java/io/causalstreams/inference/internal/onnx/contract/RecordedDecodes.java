package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.TensorInfo;
import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.onnx.cache.KvCache;
import io.causalstreams.inference.internal.onnx.device.DeviceException;
import io.causalstreams.inference.internal.onnx.device.DeviceMemory;
import io.causalstreams.inference.internal.onnx.device.OrtTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decode steps that a device records once for each size ({@link StepBuckets}) and replays: one launch instead of hundreds.
 *
 * <pre>
 *   token ids, lengths ──upload──► tensors on the device, always the same ──replay──► logits on the device ──download──►
 * </pre>
 *
 * Where the graph gives the best tokens of each row, these are downloaded, and of its logits only rows that are read.
 *
 * <p>A recording has the addresses of its tensors and the upper bound of the length in it, so all of these are made once, and
 * only their contents change. Runs that are not to be recorded go with {@link #unrecorded}.
 *
 * <p>Threading: engine thread only; rows of logits are fetched by any, while the engine thread runs nothing.
 */
final class RecordedDecodes implements AutoCloseable {
    private static final String NUMBER = "gpu_graph_id";
    private static final String NONE = "-1";
    private static final String BEST_LOGITS = "best_logits";
    private static final String BEST_IDS = "best_ids";
    private static final String LOG_SUM_EXP = "log_sum_exp";
    private static final long ALIGNMENT = 256;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final KvCache cache;
    private final StepBuffers buffers;
    private final DeviceMemory memory;
    private final OrtTensors tensors;
    private final StepBuckets buckets;
    private final int vocabulary;
    private final boolean longContext;
    private final RunOptions unrecorded = new RunOptions();
    private final Map<Integer, Recording> recordings = new HashMap<>();
    private final boolean pinned;
    /** Address of all that was taken, and of the first input. */
    private final long tokenIds;

    private final long lastPositions;
    private final long rowNumbers;
    private final long longContexts;
    private final long logits;
    private final @Nullable DeviceBest best;
    private final BitSet fetched = new BitSet();

    /**
     * The best tokens of each row, on the device and as they were downloaded.
     *
     * @param hostSums null = the graph gives none; exports before them
     */
    private record DeviceBest(
            int count,
            long logits,
            long ids,
            long sums,
            FloatBuffer hostLogits,
            LongBuffer hostIds,
            @Nullable FloatBuffer hostSums) {}

    /** What one size is replayed with, and what of it has to be closed. */
    private record Recording(
            Map<String, OnnxTensor> inputs,
            Map<String, OnnxTensor> outputs,
            RunOptions options,
            List<OnnxTensor> own) {}

    /**
     * Takes the device's memory of inputs and logits.
     *
     * @throws DeviceException if there is none
     */
    RecordedDecodes(
            OrtEnvironment environment,
            OrtSession session,
            KvCache cache,
            StepBuffers buffers,
            DeviceMemory memory,
            OrtTensors tensors,
            ContractFacts facts)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.cache = cache;
        this.buffers = buffers;
        this.memory = memory;
        this.tensors = tensors;
        this.vocabulary = facts.metadata().vocabularySize();
        this.longContext = facts.shortContextTokens() != 0;
        int slots = cache.layout().slots();
        this.buckets = new StepBuckets(slots, cache.layout().positions());
        unrecorded.addRunConfigEntry(NUMBER, NONE);
        long stretch = aligned((long) slots * Long.BYTES);
        int count = bestCount(session);
        long logitsStretch = aligned(logitsBytes(slots));
        long bestStretch = aligned((long) slots * count * Float.BYTES);
        this.tokenIds = memory.allocate(5 * stretch + logitsStretch + 3 * bestStretch);
        this.lastPositions = tokenIds + stretch;
        this.rowNumbers = lastPositions + stretch;
        this.longContexts = rowNumbers + stretch;
        long sums = longContexts + stretch;
        this.logits = sums + stretch;
        long bestLogits = logits + logitsStretch;
        boolean givesSums = session.getOutputInfo().containsKey(LOG_SUM_EXP);
        this.best = count == 0
                ? null
                : new DeviceBest(
                        count,
                        bestLogits,
                        bestLogits + bestStretch,
                        sums,
                        direct(slots * count * Float.BYTES).asFloatBuffer(),
                        direct(slots * count * Long.BYTES).asLongBuffer(),
                        givesSums ? direct(slots * Float.BYTES).asFloatBuffer() : null);
        this.pinned = memory.pin(buffers.decodeLogits(), logitsBytes(slots));
        memory.upload(buffers.rowNumbers, (long) slots * Long.BYTES, rowNumbers);
        memory.finish();
    }

    /** How many best tokens of each row the graph gives; older exports give none. */
    private static int bestCount(OrtSession session) throws OrtException {
        NodeInfo output = session.getOutputInfo().get(BEST_IDS);
        return output != null && output.getInfo() instanceof TensorInfo tensor
                ? Math.toIntExact(tensor.getShape()[1])
                : 0;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Tensors begin where the widest loads may begin. */
    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Rows of the recording that serves {@code rows}. */
    int rowsFor(int rows) {
        return buckets.rows(rows);
    }

    /** Options of a run that is neither recorded nor replayed. */
    RunOptions unrecorded() {
        return unrecorded;
    }

    /** A step of the first {@code rows} slots, whose inputs are in the buffers; {@code longest} of them after it. */
    Logits run(int rows, int longest) throws OrtException {
        int bound = buckets.length(longest);
        Recording recording = recording(rows, bound);
        memory.upload(buffers.tokenIds, (long) rows * Long.BYTES, tokenIds);
        memory.upload(buffers.lastPositions, (long) rows * Integer.BYTES, lastPositions);
        if (longContext) {
            memory.upload(buffers.longContext, (long) rows * Long.BYTES, longContexts);
        }
        memory.finish();
        session.run(recording.inputs(), Set.of(), recording.outputs(), recording.options())
                .close();
        FloatBuffer target = buffers.decodeLogits();
        DeviceBest known = best;
        if (known == null) {
            memory.download(logits, target, logitsBytes(rows));
            return new Logits(target, rows, vocabulary);
        }
        memory.download(known.logits(), known.hostLogits(), (long) rows * known.count() * Float.BYTES);
        memory.download(known.ids(), known.hostIds(), (long) rows * known.count() * Long.BYTES);
        if (known.hostSums() != null) {
            memory.download(known.sums(), known.hostSums(), (long) rows * Float.BYTES);
        }
        fetched.clear();
        return new Logits(
                target,
                rows,
                vocabulary,
                new BestTokens(known.count(), known.hostLogits(), known.hostIds(), known.hostSums(), this::fetch));
    }

    /**
     * Rows are read by several threads; memory is for one at a time.
     *
     * @throws StepFailedException if the device fails: no request is at fault
     */
    private synchronized void fetch(int row) {
        if (!fetched.get(row)) {
            FloatBuffer target = buffers.decodeLogits().slice(row * vocabulary, vocabulary);
            try {
                memory.download(logits + logitsBytes(row), target, logitsBytes(1));
            } catch (DeviceException e) {
                throw new StepFailedException("logits of row " + row + ": " + e.getMessage(), e);
            }
            fetched.set(row);
        }
    }

    /** Records every number of rows at the shortest length, so that no request waits for it. */
    void recordAll() throws OrtException {
        int slots = cache.layout().slots();
        for (int rows = 1; ; rows = buckets.rows(rows + 1)) {
            for (int row = 0; row < rows; row++) {
                buffers.tokenIds.put(row, 0);
                buffers.lastPositions.put(row, 0);
            }
            run(rows, 1);
            if (rows == slots) {
                return;
            }
        }
    }

    private Recording recording(int rows, int bound) throws OrtException {
        int number = buckets.number(rows, bound);
        @Nullable Recording known = recordings.get(number);
        if (known == null) {
            known = create(rows, bound, number);
            recordings.put(number, known);
        }
        return known;
    }

    private Recording create(int rows, int bound, int number) throws OrtException {
        KvCache.Bindings bindings = cache.bind(0, rows);
        Map<String, OnnxTensor> in = new HashMap<>(bindings.past());
        Map<String, OnnxTensor> out = new HashMap<>(bindings.present());
        List<OnnxTensor> own = new ArrayList<>();
        put(in, own, "input_ids", tokenIds, Long.BYTES, OnnxJavaType.INT64, rows, 1);
        put(in, own, "seqlens_k", lastPositions, Integer.BYTES, OnnxJavaType.INT32, rows);
        put(in, own, "logits_positions", rowNumbers, Long.BYTES, OnnxJavaType.INT64, rows);
        if (longContext) {
            put(in, own, "long_context", longContexts, Long.BYTES, OnnxJavaType.INT64, rows);
        }
        put(out, own, "logits", logits, Float.BYTES, OnnxJavaType.FLOAT, rows, vocabulary);
        DeviceBest known = best;
        if (known != null) {
            put(out, own, BEST_LOGITS, known.logits(), Float.BYTES, OnnxJavaType.FLOAT, rows, known.count());
            put(out, own, BEST_IDS, known.ids(), Long.BYTES, OnnxJavaType.INT64, rows, known.count());
            if (known.hostSums() != null) {
                put(out, own, LOG_SUM_EXP, known.sums(), Float.BYTES, OnnxJavaType.FLOAT, rows);
            }
        }
        IntBuffer upperBound = direct(Integer.BYTES).asIntBuffer().put(0, bound);
        OnnxTensor total = OnnxTensor.createTensor(environment, upperBound, new long[0]);
        own.add(total);
        in.put("total_sequence_length", total);
        RunOptions options = new RunOptions();
        options.addRunConfigEntry(NUMBER, Integer.toString(number));
        return new Recording(in, out, options, own);
    }

    private void put(
            Map<String, OnnxTensor> named,
            List<OnnxTensor> own,
            String name,
            long address,
            int elementBytes,
            OnnxJavaType type,
            long... shape)
            throws OrtException {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        OnnxTensor tensor = tensors.over(address, elements * elementBytes, shape, type);
        own.add(tensor);
        named.put(name, tensor);
    }

    private long logitsBytes(int rows) {
        return (long) rows * vocabulary * Float.BYTES;
    }

    @Override
    public void close() {
        recordings.values().forEach(recording -> {
            recording.own().forEach(OnnxTensor::close);
            recording.options().close();
        });
        recordings.clear();
        unrecorded.close();
        if (pinned) {
            memory.unpin(buffers.decodeLogits());
        }
        memory.free(tokenIds);
    }
}
