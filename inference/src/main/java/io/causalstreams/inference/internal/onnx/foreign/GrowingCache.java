package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.onnx.cache.HostKvCache;
import io.causalstreams.inference.internal.onnx.cache.KvCacheLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A cache for graphs that return {@code present} = {@code past} and the new positions, in memory of its own.
 *
 * <pre>
 *   slots (positions from 0)        past, as long as the longest row      present
 *   slot 0  a b c d e . . .  gather  a b c d e                    graph    a b c d e f
 *   slot 1  x y z . . . . .  ──────► 0 0 x y z   (left-padded)   ──────►   0 0 x y z u  ── last positions to the slots
 * </pre>
 *
 * <p>The slots hold the truth. A step whose rows go on where the last step left them takes that step's {@code present} as
 * its {@code past} and gathers nothing. Besides the slots there are two stretches of memory as large as the largest step.
 *
 * <p>Padding is zero, not what the memory held before: the mask adds to a score, it does not undo a NaN.
 *
 * <p>Threading: engine thread only.
 */
final class GrowingCache implements StepCache {
    private final OrtEnvironment environment;
    private final HostKvCache slots;
    private final KvCacheLayout layout;
    private final OnnxJavaType type;
    private final ByteBuffer[] slotBlocks;
    private StepMemory past;
    private StepMemory present;
    /** Rows of {@code past}, and how many positions of each it holds; no rows if nothing can go on from there. */
    private int[] heldSlots = {};

    private int[] heldLengths = {};

    /** Owns, and closes, {@code slots}. */
    GrowingCache(OrtEnvironment environment, HostKvCache slots, OnnxJavaType type) {
        this.environment = environment;
        this.slots = slots;
        this.layout = slots.layout();
        this.type = type;
        this.slotBlocks = new ByteBuffer[2 * layout.layers()];
        for (int block = 0; block < slotBlocks.length; block++) {
            slotBlocks[block] = slots.block(block);
        }
        this.past = new StepMemory(slotBlocks.length);
        this.present = new StepMemory(slotBlocks.length);
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    @Override
    public boolean paddedLeft() {
        return true;
    }

    @Override
    public Step begin(int[] rows, int[] pastLengths, int newTokens) throws OrtException {
        int longest = Arrays.stream(pastLengths).max().orElseThrow();
        if (!Arrays.equals(rows, heldSlots) || !Arrays.equals(pastLengths, heldLengths)) {
            gather(rows, pastLengths, longest);
        }
        present.reserve(bytes(rows.length, longest + newTokens));
        return new Gathered(rows.clone(), pastLengths.clone(), longest, newTokens);
    }

    @Override
    public void copySlot(int from, int to, int length) {
        forget();
        slots.copySlot(from, to, length);
    }

    @Override
    public void close() {
        past.close();
        present.close();
        slots.close();
    }

    private void forget() {
        heldSlots = new int[0];
        heldLengths = new int[0];
    }

    private void gather(int[] rows, int[] pastLengths, int longest) {
        forget();
        past.reserve(bytes(rows.length, longest));
        int position = layout.positionBytes();
        for (int block = 0; block < slotBlocks.length; block++) {
            ByteBuffer target = past.block(block);
            for (int row = 0; row < rows.length; row++) {
                int padding = (longest - pastLengths[row]) * position;
                for (int head = 0; head < layout.kvHeads(); head++) {
                    int start = (row * layout.kvHeads() + head) * longest * position;
                    int source = Math.toIntExact(layout.headOffset(rows[row], head));
                    target.put(start, new byte[padding]);
                    target.put(start + padding, slotBlocks[block], source, pastLengths[row] * position);
                }
            }
        }
        heldSlots = rows.clone();
        heldLengths = pastLengths.clone();
    }

    /** Copies the last {@code newTokens} of {@code longest + newTokens} positions of every row behind its slot's content. */
    private void append(int[] rows, int[] pastLengths, int longest, int newTokens) {
        int position = layout.positionBytes();
        for (int block = 0; block < slotBlocks.length; block++) {
            ByteBuffer source = present.block(block);
            for (int row = 0; row < rows.length; row++) {
                for (int head = 0; head < layout.kvHeads(); head++) {
                    int start = ((row * layout.kvHeads() + head) * (longest + newTokens) + longest) * position;
                    int target = Math.toIntExact(layout.headOffset(rows[row], head)) + pastLengths[row] * position;
                    slotBlocks[block].put(target, source, start, newTokens * position);
                }
            }
        }
    }

    private long bytes(int rows, int positions) {
        return (long) rows * layout.kvHeads() * positions * layout.positionBytes();
    }

    private final class Gathered implements Step {
        private final int[] rows;
        private final int[] pastLengths;
        private final int longest;
        private final int newTokens;
        private final Map<String, OnnxTensor> inputs = new HashMap<>();
        private final Map<String, OnnxTensor> outputs = new HashMap<>();

        Gathered(int[] rows, int[] pastLengths, int longest, int newTokens) throws OrtException {
            this.rows = rows;
            this.pastLengths = pastLengths;
            this.longest = longest;
            this.newTokens = newTokens;
            try {
                for (int block = 0; block < slotBlocks.length; block++) {
                    String name = block / 2 + (block % 2 == 0 ? ".key" : ".value");
                    inputs.put("past_key_values." + name, tensor(past, block, longest));
                    outputs.put("present." + name, tensor(present, block, longest + newTokens));
                }
            } catch (OrtException e) {
                close();
                throw e;
            }
        }

        private OnnxTensor tensor(StepMemory memory, int block, int positions) throws OrtException {
            ByteBuffer view = memory.block(block).slice(0, Math.toIntExact(bytes(rows.length, positions)));
            return OnnxTensor.createTensor(
                    environment,
                    view.order(java.nio.ByteOrder.nativeOrder()),
                    new long[] {rows.length, layout.kvHeads(), positions, layout.headDim()},
                    type);
        }

        @Override
        public Map<String, OnnxTensor> past() {
            return inputs;
        }

        @Override
        public Map<String, OnnxTensor> present() {
            return outputs;
        }

        @Override
        public void commit() {
            append(rows, pastLengths, longest, newTokens);
            StepMemory used = past;
            past = present;
            present = used;
            heldSlots = rows;
            heldLengths =
                    Arrays.stream(pastLengths).map(length -> length + newTokens).toArray();
        }

        @Override
        public void close() {
            inputs.values().forEach(OnnxTensor::close);
            outputs.values().forEach(OnnxTensor::close);
        }
    }
}
