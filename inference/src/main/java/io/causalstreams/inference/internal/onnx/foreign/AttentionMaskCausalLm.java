package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.onnx.cache.SlottedCausalLm;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A graph of another exporter: {@code input_ids}, {@code attention_mask}, {@code position_ids} and a cache in, logits of
 * every position out.
 *
 * <p>Rows of different lengths share a step if the graph can tell their tokens from padding. One that pads on the left
 * needs {@code attention_mask} and {@code position_ids} for that; without them, positions come from the cache's length,
 * and rows of each length get a pass of their own. In a graph that quantises its activations tensor by tensor every row
 * gets one: the others would change its numbers.
 *
 * <p>Threading: opened on any thread, then the engine thread only.
 */
final class AttentionMaskCausalLm extends SlottedCausalLm {
    /** 64 MB: such a graph computes the head for every token of a chunk, whatever is wanted. */
    private static final int MOST_LOGITS = 16 << 20;

    private static final int FEWEST_TOKENS = 16;

    private final OrtSession session;
    private final ForeignSignature signature;
    private final StepCache cache;
    private final boolean rowsDisturbEachOther;
    private final MaskedStepBuffers buffers;
    private final LogitsTarget logits;
    private final int longestChunk;
    private boolean closed;

    /**
     * Owns, and closes, {@code session} and {@code cache}.
     *
     * @param rowsDisturbEachOther whether a row's result depends on the rows beside it
     */
    AttentionMaskCausalLm(
            OrtEnvironment environment,
            OrtSession session,
            ModelMetadata metadata,
            ForeignSignature signature,
            StepCache cache,
            boolean rowsDisturbEachOther) {
        super(metadata, cache.layout());
        this.session = session;
        this.signature = signature;
        this.cache = cache;
        this.rowsDisturbEachOther = rowsDisturbEachOther;
        this.buffers = new MaskedStepBuffers(
                environment, cache.layout().slots(), cache.layout().positions(), cache.paddedLeft());
        this.logits = new LogitsTarget(environment, signature.logitsType(), metadata.vocabularySize());
        this.longestChunk = Math.max(FEWEST_TOKENS, MOST_LOGITS / metadata.vocabularySize());
    }

    @Override
    public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
        logits.reserve(rows);
        try {
            for (int[] together : passes(pastLengths, rows)) {
                run(together, pick(tokenIds, together), pick(pastLengths, together), together);
            }
        } catch (OrtException e) {
            throw new StepFailedException("decode step of " + rows + " rows: " + e.getMessage(), e);
        }
        return new Logits(logits.rows(), rows, metadata.vocabularySize());
    }

    @Override
    public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
        int rows = wanted == LogitsWanted.ALL ? tokenIds.length : 1;
        int chunk = wanted == LogitsWanted.ALL ? scoredTogether(tokenIds, pastLength) : longestChunk;
        logits.reserve(rows);
        try {
            for (int from = 0; from < tokenIds.length; from += chunk) {
                int[] tokens = Arrays.copyOfRange(tokenIds, from, Math.min(from + chunk, tokenIds.length));
                boolean last = from + tokens.length == tokenIds.length;
                run(
                        new int[] {slot},
                        tokens,
                        new int[] {pastLength + from},
                        targets(from, tokens.length, wanted, last));
            }
        } catch (OrtException e) {
            throw new StepFailedException(
                    "prefill of " + tokenIds.length + " tokens at " + pastLength + ": " + e.getMessage(), e);
        }
        return new Logits(logits.rows(), wanted == LogitsWanted.NONE ? 0 : rows, metadata.vocabularySize());
    }

    /** Guesses at the next tokens must get the logits that decode steps would give them. */
    private int scoredTogether(int[] tokenIds, int pastLength) {
        return rowsDisturbEachOther && pastLength > 0 ? 1 : tokenIds.length;
    }

    private static int[] targets(int from, int tokens, LogitsWanted wanted, boolean lastChunk) {
        int[] targets = IntStream.range(from, from + tokens).toArray();
        if (wanted != LogitsWanted.ALL) {
            Arrays.fill(targets, LogitsTarget.UNWANTED);
            targets[tokens - 1] = lastChunk && wanted == LogitsWanted.LAST ? 0 : LogitsTarget.UNWANTED;
        }
        return targets;
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
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cache.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new GenerationException.Failed("the session could not be closed", e);
        }
    }

    /** The slots that can share a pass, in passes. */
    private Collection<int[]> passes(int[] pastLengths, int rows) {
        if (rowsDisturbEachOther) {
            return IntStream.range(0, rows).mapToObj(row -> new int[] {row}).toList();
        }
        int[] all = IntStream.range(0, rows).toArray();
        if (!cache.paddedLeft() || (signature.attentionMask() && signature.positionIds())) {
            return Set.of(all);
        }
        Map<Integer, int[]> byLength = new TreeMap<>();
        for (int row : all) {
            byLength.merge(
                    pastLengths[row],
                    new int[] {row},
                    (known, more) -> IntStream.concat(Arrays.stream(known), Arrays.stream(more))
                            .toArray());
        }
        return byLength.values();
    }

    /** Shapes: token ids (rows, tokens) row after row; token i's logits go to row {@code targets[i]}. */
    private void run(int[] slots, int[] tokenIds, int[] pastLengths, int[] targets) throws OrtException {
        int tokens = tokenIds.length / slots.length;
        try (StepCache.Step step = cache.begin(slots, pastLengths, tokens);
                MaskedStepBuffers.Inputs inputs = buffers.fill(tokenIds, pastLengths);
                OnnxTensor output = logits.bind(slots.length, tokens)) {
            Map<String, OnnxTensor> in = new HashMap<>(step.past());
            in.put("input_ids", inputs.tokenIds());
            if (signature.attentionMask()) {
                in.put("attention_mask", inputs.mask());
            }
            if (signature.positionIds()) {
                in.put("position_ids", inputs.positions());
            }
            Map<String, OnnxTensor> out = new HashMap<>(step.present());
            out.put("logits", output);
            session.run(in, Set.of(), out).close();
            step.commit();
            logits.deliver(targets);
        }
    }

    private static int[] pick(int[] values, int[] rows) {
        return Arrays.stream(rows).map(row -> values[row]).toArray();
    }
}
