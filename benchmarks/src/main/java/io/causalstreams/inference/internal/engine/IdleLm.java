package io.causalstreams.inference.internal.engine;

import io.causalstreams.benchmarks.LogitRows;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.ModelMetadata;
import java.util.Set;

/** A model that computes nothing: the same logits for every token of a row. */
class IdleLm implements CausalLm {
    private final int slots;
    private final int context;
    private final int vocabulary;
    private final Logits[] decoded;

    IdleLm(int slots, int context, int vocabulary) {
        this(slots, context, LogitRows.direct(slots, vocabulary));
    }

    /** @param logits shape (slots, vocabulary) */
    IdleLm(int slots, int context, Logits logits) {
        this.slots = slots;
        this.context = context;
        this.vocabulary = logits.vocabulary();
        this.decoded = new Logits[slots + 1];
        for (int rows = 0; rows <= slots; rows++) {
            decoded[rows] = new Logits(logits.buffer(), rows, vocabulary, logits.best());
        }
    }

    @Override
    public ModelMetadata metadata() {
        return new ModelMetadata("idle", "none", "fp32", "0000", 1, 1, 1, vocabulary, context, Set.of(0), -1, false);
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public int maxContextTokens() {
        return context;
    }

    @Override
    public long kvCacheBytes() {
        return 0;
    }

    @Override
    public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
        return decoded[rows];
    }

    @Override
    public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
        return decoded[1];
    }

    @Override
    public void copySlot(int from, int to, int length) {}

    @Override
    public void close() {}
}
