package io.causalstreams.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Drives a model directory by {@code docs/graph-contract.md} and nothing else: slots of a cache that stays in place, chunks of
 * one slot, steps of the first slots together.
 */
final class GraphRunner implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, String> metadata;
    private final int slots;
    private final int slotLength;
    private final Map<String, ByteBuffer> caches = new HashMap<>();
    private final long[] longContext;
    private float[] logSumExp = {};

    GraphRunner(Path modelDirectory, int slots, int slotLength) throws OrtException {
        this(modelDirectory, slots, slotLength, Map.of());
    }

    /** @param sessionConfig entries of the session's configuration */
    GraphRunner(Path modelDirectory, int slots, int slotLength, Map<String, String> sessionConfig) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            for (Map.Entry<String, String> entry : sessionConfig.entrySet()) {
                options.addConfigEntry(entry.getKey(), entry.getValue());
            }
            session = environment.createSession(
                    modelDirectory.resolve("model.onnx").toString(), options);
        }
        metadata = session.getMetadata().getCustomMetadata();
        this.slots = slots;
        this.slotLength = slotLength;
        this.longContext = new long[slots];
        for (int layer = 0; layer < number("layers"); layer++) {
            for (String part : new String[] {"key", "value"}) {
                caches.put(
                        layer + "." + part,
                        ByteBuffer.allocateDirect(Math.multiplyExact(slots, slotBytes()))
                                .order(ByteOrder.nativeOrder()));
            }
        }
    }

    String fact(String key) {
        return Objects.requireNonNull(metadata.get("causal_streams." + key), key);
    }

    int number(String key) {
        return Integer.parseInt(fact(key));
    }

    /** (rows) of the last pass; nothing where the graph has no such output. */
    float[] logSumExp() {
        return logSumExp;
    }

    /** From now on a slot's positions are those of long sequences, in a graph that has such. */
    void useLongContext(int slot) {
        longContext[slot] = 1;
    }

    /** Appends tokens to one slot; logits of every one of them, shape (tokens, vocabulary). */
    float[][] prefill(int slot, int past, int... tokens) throws OrtException {
        long[] positions = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            positions[i] = i;
        }
        return run(slot, 1, tokens, new int[] {past + tokens.length - 1}, positions);
    }

    /** Appends tokens[r] to slot r, which holds pasts[r] tokens; logits of shape (rows, vocabulary). */
    float[][] decode(int[] tokens, int... pasts) throws OrtException {
        long[] positions = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            positions[i] = i;
        }
        return run(0, tokens.length, tokens, pasts.clone(), positions);
    }

    private float[][] run(int firstSlot, int rows, int[] tokens, int[] seqlensK, long[] logitsPositions)
            throws OrtException {
        if (firstSlot + rows > slots) {
            throw new IllegalArgumentException("rows " + firstSlot + " to " + (firstSlot + rows) + " of " + slots);
        }
        int vocabulary = number("vocabulary_size");
        int total = 0;
        for (int last : seqlensK) {
            total = Math.max(total, last + 1);
        }
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        FloatBuffer logits = ByteBuffer.allocateDirect(logitsPositions.length * vocabulary * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        FloatBuffer sums = ByteBuffer.allocateDirect(logitsPositions.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        List<OnnxTensor> results = new ArrayList<>();
        try {
            long[] ids = new long[tokens.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = tokens[i];
            }
            inputs.put(
                    "input_ids",
                    OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), new long[] {rows, ids.length / rows}));
            inputs.put("seqlens_k", OnnxTensor.createTensor(environment, IntBuffer.wrap(seqlensK), new long[] {rows}));
            inputs.put(
                    "total_sequence_length",
                    OnnxTensor.createTensor(environment, IntBuffer.wrap(new int[] {total}), new long[0]));
            inputs.put(
                    "logits_positions",
                    OnnxTensor.createTensor(
                            environment, LongBuffer.wrap(logitsPositions), new long[] {logitsPositions.length}));
            if (metadata.containsKey("causal_streams.short_context_tokens")) {
                long[] flags = Arrays.copyOfRange(longContext, firstSlot, firstSlot + rows);
                inputs.put("long_context", OnnxTensor.createTensor(environment, LongBuffer.wrap(flags), new long[] {rows
                }));
            }
            long[] shape = {rows, number("kv_heads"), slotLength, number("head_dim")};
            for (Map.Entry<String, ByteBuffer> cache : caches.entrySet()) {
                ByteBuffer part = cache.getValue()
                        .slice(firstSlot * slotBytes(), rows * slotBytes())
                        .order(ByteOrder.nativeOrder());
                OnnxTensor tensor = OnnxTensor.createTensor(environment, part, shape, cacheType());
                inputs.put("past_key_values." + cache.getKey(), tensor);
                outputs.put("present." + cache.getKey(), tensor);
            }
            results.add(OnnxTensor.createTensor(environment, logits, new long[] {logitsPositions.length, vocabulary}));
            outputs.put("logits", results.get(0));
            if (session.getOutputNames().contains("log_sum_exp")) {
                results.add(OnnxTensor.createTensor(environment, sums, new long[] {logitsPositions.length}));
                outputs.put("log_sum_exp", results.get(1));
            }
            session.run(inputs, Set.of(), outputs).close();
            float[][] rowsOfLogits = new float[logitsPositions.length][vocabulary];
            for (int r = 0; r < rowsOfLogits.length; r++) {
                logits.get(r * vocabulary, rowsOfLogits[r]);
            }
            logSumExp = new float[results.size() == 1 ? 0 : logitsPositions.length];
            sums.get(0, logSumExp);
            return rowsOfLogits;
        } finally {
            inputs.values().forEach(OnnxTensor::close);
            results.forEach(OnnxTensor::close);
        }
    }

    private int slotBytes() {
        return number("kv_heads") * slotLength * number("head_dim") * cacheType().size;
    }

    private OnnxJavaType cacheType() {
        return fact("kv_type").equals("float16") ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
