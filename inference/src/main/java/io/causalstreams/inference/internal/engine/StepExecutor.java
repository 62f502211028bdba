package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.scheduling.StepPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step's forward passes and reads their logits. Changes no sequence: the result is a value.
 *
 * <p>Threading: engine thread only; it shares the reading of a decode step's rows with helpers of its own.
 */
final class StepExecutor {
    private static final int MOST_GUESSED = 7;
    /** Of fewer logits the sampling takes about as long as it takes to wake another thread. */
    private static final long WORTH_SHARING = 1 << 18;

    private final CausalLm model;
    private final CacheSlots slots;
    private final ParallelRows parallel;
    private final BesidePass beside;
    private final boolean speculation;

    /**
     * @param beside what is done beside the first pass
     * @param threads that sample the rows of a decode step
     * @param speculation whether a sequence that decodes alone may compute guessed tokens along
     */
    StepExecutor(CausalLm model, CacheSlots slots, BesidePass beside, int threads, boolean speculation) {
        this.model = model;
        this.slots = slots;
        this.beside = beside;
        this.parallel = new ParallelRows(threads);
        this.speculation = speculation;
    }

    /** Decodes the rows of the first slots, then computes the chunks, each in a pass of its own. */
    StepOutcome execute(StepPlan<Sequence> plan) {
        List<Sequence> decodes = plan.decodes();
        Map<Sequence, SequenceOutcome> outcomes = new LinkedHashMap<>();
        int passes = 0;
        int promptTokens = 0;
        if (!decodes.isEmpty()) {
            try {
                if (!speculation
                        || decodes.size() > 1
                        || !plan.chunks().isEmpty()
                        || !speculate(decodes.get(0), outcomes)) {
                    decode(outcomes);
                }
            } catch (StepFailedException e) {
                return StepOutcome.failed(decodes, e);
            }
            passes++;
        }
        for (StepPlan.PrefillChunk<Sequence> planned : plan.chunks()) {
            Sequence sequence = planned.sequence();
            Chunk chunk = sequence.nextChunk(planned.tokens());
            Logits logits;
            try {
                logits = beside.run(() -> model.prefill(sequence.slot(), chunk.tokens, chunk.pastLength, chunk.wanted));
            } catch (StepFailedException e) {
                return StepOutcome.failed(List.of(sequence), e);
            }
            passes++;
            promptTokens += chunk.tokens.length;
            outcomes.put(sequence, evaluate(sequence, chunk, logits, chunk.lastRow()));
        }
        return new StepOutcome(outcomes, passes, decodes.isEmpty() ? 0 : 1, promptTokens, List.of(), null);
    }

    /**
     * Computes one token behind the valid content of a sequence that failed, where nobody looks.
     *
     * @throws StepFailedException if that fails too: it is not the request, it is the model
     */
    void probe(Sequence failed) {
        int slot = failed.slot();
        model.prefill(slot, new int[] {0}, slots.sparePosition(slot), LogitsWanted.LAST);
    }

    /**
     * A pass over eight tokens of one sequence costs little more than over one, because both read all weights once. @return
     * false if there is nothing to guess
     */
    private boolean speculate(Sequence sequence, Map<Sequence, SequenceOutcome> outcomes) {
        if (!(sequence instanceof GenerationSequence generation)) {
            return false;
        }
        int[] guess = generation.guess(MOST_GUESSED);
        if (guess.length == 0) {
            return false;
        }
        int[] tokens = new int[guess.length + 1];
        tokens[0] = sequence.decodeInput();
        System.arraycopy(guess, 0, tokens, 1, guess.length);
        Chunk chunk = new Chunk(tokens, sequence.cachedLength(), LogitsWanted.ALL);
        Logits logits = beside.run(() -> model.prefill(sequence.slot(), tokens, chunk.pastLength, LogitsWanted.ALL));
        outcomes.put(sequence, guarded(() -> generation.verify(chunk, logits)));
        return true;
    }

    private void decode(Map<Sequence, SequenceOutcome> outcomes) {
        int rows = model.rowsOfStep(slots.decodeRows());
        int[] tokenIds = new int[rows];
        int[] pastLengths = new int[rows];
        List<@Nullable Sequence> bySlot = new ArrayList<>(rows);
        for (int slot = 0; slot < rows; slot++) {
            @Nullable Sequence sequence = slots.decoding(slot);
            bySlot.add(sequence);
            tokenIds[slot] = sequence == null ? 0 : sequence.decodeInput();
            pastLengths[slot] = sequence == null ? slots.sparePosition(slot) : sequence.cachedLength();
        }
        Logits logits = beside.run(() -> model.decode(tokenIds, pastLengths, rows));
        @Nullable SequenceOutcome[] results = new SequenceOutcome[rows];
        forEachRow(rows, logits.vocabulary(), slot -> {
            @Nullable Sequence sequence = bySlot.get(slot);
            if (sequence != null) {
                Chunk chunk = new Chunk(new int[] {tokenIds[slot]}, pastLengths[slot], LogitsWanted.LAST);
                results[slot] = evaluate(sequence, chunk, logits, slot);
            }
        });
        for (int slot = 0; slot < rows; slot++) {
            @Nullable Sequence sequence = bySlot.get(slot);
            @Nullable SequenceOutcome result = results[slot];
            if (sequence != null && result != null) {
                outcomes.put(sequence, result);
            }
        }
    }

    /** What a row says depends on itself alone, so it does not matter which thread reads it, or when. */
    private void forEachRow(int rows, int vocabulary, IntConsumer work) {
        if ((long) rows * vocabulary >= WORTH_SHARING) {
            parallel.forEach(rows, work);
        } else {
            IntStream.range(0, rows).forEach(work);
        }
    }

    private static SequenceOutcome evaluate(Sequence sequence, Chunk chunk, Logits logits, int lastRow) {
        return guarded(() -> sequence.evaluate(chunk, logits, lastRow));
    }

    /**
     * A request whose numbers or constraint cannot be used must not take the others of its batch along.
     *
     * @throws StepFailedException if logits cannot be had, which is no request's fault
     */
    private static SequenceOutcome guarded(Supplier<SequenceOutcome> evaluation) {
        try {
            return evaluation.get();
        } catch (StepFailedException e) {
            throw e;
        } catch (RuntimeException e) {
            return new SequenceOutcome.Broken(e);
        }
    }
}
