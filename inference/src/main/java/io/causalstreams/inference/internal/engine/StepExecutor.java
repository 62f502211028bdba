package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.StepFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step's forward passes and reads their logits. Changes no sequence: the result is a value.
 *
 * <p>Threading: engine thread only.
 */
final class StepExecutor {
    private final CausalLm model;
    private final CacheSlots slots;

    /** Tokens a sequence was granted for one chunk. */
    record Grant(Sequence sequence, int tokens) {}

    StepExecutor(CausalLm model, CacheSlots slots) {
        this.model = model;
        this.slots = slots;
    }

    /** Decodes the rows of the first slots, then computes the chunks, each in a pass of its own. */
    StepOutcome execute(List<Sequence> decodes, List<Grant> chunks) {
        Map<Sequence, SequenceOutcome> outcomes = new LinkedHashMap<>();
        int passes = 0;
        int promptTokens = 0;
        if (!decodes.isEmpty()) {
            try {
                decode(outcomes);
            } catch (StepFailedException e) {
                return StepOutcome.failed(decodes, e);
            }
            passes++;
        }
        for (Grant grant : chunks) {
            Sequence sequence = grant.sequence();
            Chunk chunk = sequence.nextChunk(grant.tokens());
            Logits logits;
            try {
                logits = model.prefill(sequence.slot(), chunk.tokens, chunk.pastLength, chunk.wanted);
            } catch (StepFailedException e) {
                return StepOutcome.failed(List.of(sequence), e);
            }
            passes++;
            promptTokens += chunk.tokens.length;
            outcomes.put(sequence, evaluate(sequence, chunk, logits, chunk.lastRow()));
        }
        return new StepOutcome(outcomes, passes, decodes.isEmpty() ? 0 : 1, promptTokens, List.of(), null);
    }

    private void decode(Map<Sequence, SequenceOutcome> outcomes) {
        int rows = slots.decodeRows();
        int[] tokenIds = new int[rows];
        int[] pastLengths = new int[rows];
        List<@Nullable Sequence> bySlot = new ArrayList<>(rows);
        for (int slot = 0; slot < rows; slot++) {
            @Nullable Sequence sequence = slots.decoding(slot);
            bySlot.add(sequence);
            tokenIds[slot] = sequence == null ? 0 : sequence.decodeInput();
            pastLengths[slot] = sequence == null ? slots.sparePosition(slot) : sequence.cachedLength();
        }
        Logits logits = model.decode(tokenIds, pastLengths, rows);
        for (int slot = 0; slot < rows; slot++) {
            @Nullable Sequence sequence = bySlot.get(slot);
            if (sequence != null) {
                Chunk chunk = new Chunk(new int[] {tokenIds[slot]}, pastLengths[slot], LogitsWanted.LAST);
                outcomes.put(sequence, evaluate(sequence, chunk, logits, slot));
            }
        }
    }

    /** A request whose numbers or constraint cannot be used must not take the others of its batch along. */
    private static SequenceOutcome evaluate(Sequence sequence, Chunk chunk, Logits logits, int lastRow) {
        try {
            return sequence.evaluate(chunk, logits, lastRow);
        } catch (RuntimeException e) {
            return new SequenceOutcome.Broken(e);
        }
    }
}
