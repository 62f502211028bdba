package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.scheduling.Schedulable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What owns a slot: one choice of a generation, or the labels of a classification.
 *
 * <pre>
 *             admit                    last prompt token computed
 *   WAITING ─────────► PREFILLING ──────────────────────────────► DECODING ──► complete
 *      ▲                   │                                          │
 *      └───────────────────┴────────────── preempt ───────────────────┘
 * </pre>
 *
 * <p>{@link #evaluate} only reads: what a step found out becomes part of the sequence in {@link #commit}, so a step that
 * fails leaves no trace.
 *
 * <p>Threading: made on the submitter's thread, then engine thread only; beside a pass {@link BesidePass}'s.
 */
abstract sealed class Sequence implements Schedulable permits GenerationSequence, ClassificationSequence {
    static final int NO_SLOT = -1;

    private final RequestRun run;
    private long arrival = -1;
    private int slot = NO_SLOT;
    private int cachedLength;

    Sequence(RequestRun run) {
        this.run = run;
    }

    /** Tokens still to be computed or generated at most, for the backlog. */
    abstract long backlogTokens();

    /** Tokens of the prompt and of the longest completion: the same before and after a resume. */
    abstract long mostTokens();

    /** The next at most {@code limit} pending tokens. */
    abstract Chunk nextChunk(int limit);

    /** The token whose key and value the next decode step computes, at position {@link #cachedLength()}. */
    abstract int decodeInput();

    /** What the logits of {@code chunk} say. Changes nothing. */
    abstract SequenceOutcome evaluate(Chunk chunk, Logits logits, int lastRow);

    /** Makes an outcome part of the sequence. */
    abstract void commit(SequenceOutcome outcome);

    /** Whether nothing is left to compute. */
    abstract boolean isComplete();

    /** The tokens whose keys and values the slot holds, or will: its first {@link #cachedLength()} do already. */
    abstract int[] cacheTokens();

    /** How many of {@link #cacheTokens()} may come from another slot; the rest must be computed for its logits. */
    abstract int reusableTokens();

    /** Whether it may be planned now. */
    boolean isEligible() {
        return !isComplete();
    }

    final RequestRun run() {
        return run;
    }

    /** What its tokens are computed with beside the model, or null. */
    final @Nullable AdapterWeights adapter() {
        return run.request().adapter;
    }

    /** Takes its place in the order of arrival, when the engine takes it. */
    final void arrive(long number) {
        this.arrival = number;
    }

    @Override
    public final long arrival() {
        return arrival;
    }

    @Override
    public final int priority() {
        return run.request().priority;
    }

    @Override
    public final @Nullable Instant deadline() {
        return run.request().deadline;
    }

    @Override
    public final String user() {
        return run.request().user;
    }

    @Override
    public final boolean hasSlot() {
        return slot != NO_SLOT;
    }

    final int slot() {
        return slot;
    }

    /** Positions of the slot that hold this sequence's first tokens. */
    final int cachedLength() {
        return cachedLength;
    }

    /** Owns {@code slot} from now on, whose first {@code reused} positions already hold its first tokens. */
    final void admit(int slot, int reused) {
        this.slot = slot;
        this.cachedLength = reused;
        onAdmitted(reused);
    }

    final void moveTo(int slot) {
        this.slot = slot;
    }

    /** Owns no slot any more; everything has to be computed again. */
    final void loseSlot() {
        this.slot = NO_SLOT;
        this.cachedLength = 0;
        onSlotLost();
    }

    final void setCachedLength(int cachedLength) {
        this.cachedLength = cachedLength;
    }

    void onAdmitted(int reused) {}

    void onSlotLost() {}
}
