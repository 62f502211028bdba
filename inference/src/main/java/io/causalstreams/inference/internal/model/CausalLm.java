package io.causalstreams.inference.internal.model;

import io.causalstreams.inference.GenerationException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A decoder with a KV cache in slots: the one seam between the engine and whatever computes logits.
 *
 * <p>Slots are numbered from 0; a slot holds the keys and values of one sequence's first {@code pastLength} tokens. The
 * caller owns the accounting: it says how much of each slot is valid, and a call overwrites what lies beyond.
 *
 * <p>Threading: engine thread only. Results are views, valid until the next call.
 */
public interface CausalLm extends AutoCloseable {

    /** Facts read from the model directory. */
    ModelMetadata metadata();

    /** Number of KV-cache slots. */
    int slots();

    /** Tokens a slot can hold. */
    int maxContextTokens();

    /**
     * Tokens, prompt and completion, of the longest sequence that turns by the positions of short ones. Of a longer one
     * {@link #setLongContext} says so before its first pass. Of most models all sequences turn alike.
     */
    default int shortContextTokens() {
        return maxContextTokens();
    }

    /**
     * Whether passes over {@code slot} are those of a long sequence, from the next one on. What the slot holds must have been
     * computed so too.
     */
    default void setLongContext(int slot, boolean longContext) {}

    /** Native bytes of the KV cache. */
    long kvCacheBytes();

    /**
     * Whether the host's cores have nothing to do while a pass runs, since a device computes it: then the engine does there what it can of
     * the step before. Where cores compute the pass it would only take them from it.
     */
    default boolean leavesHostFree() {
        return false;
    }

    /**
     * Rows to give {@link #decode} for a step that needs {@code rows}: where steps are prepared in sizes, those of the next larger
     * one, whose other rows compute for nobody. At least {@code rows}, at most {@link #slots()}.
     */
    default int rowsOfStep(int rows) {
        return rows;
    }

    /**
     * One decode step: appends {@code tokenIds[r]} to slot r at position {@code pastLengths[r]}, for every row r &lt; rows.
     *
     * <p>Shapes: token ids (rows), past lengths (rows); result (rows, vocabulary), row r for the token after row r's.
     *
     * @throws StepFailedException if the runtime fails; positions below the past lengths are unchanged, so it may be retried
     */
    Logits decode(int[] tokenIds, int[] pastLengths, int rows);

    /**
     * Appends {@code tokenIds} to one slot from position {@code pastLength} on: a prefill chunk, a teacher-forced pass, or the
     * check of speculated tokens. The causal mask lets every position be scored in this one pass.
     *
     * <p>Shapes: token ids (chunk); result ({@code ALL}: chunk, {@code LAST}: 1, {@code NONE}: 0; vocabulary), row i for the
     * token after tokenIds[i].
     *
     * @throws StepFailedException as for {@link #decode}
     */
    Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted);

    /** Copies the first {@code length} positions of slot {@code from} over those of slot {@code to}. */
    void copySlot(int from, int to, int length);

    /** Nobody reads what {@code slot} holds from position {@code length} on any more; its memory may be given back. */
    default void forget(int slot, int length) {}

    /**
     * Reads an adapter of this model. Any thread.
     *
     * @throws GenerationException.Failed if the model takes none, or the file cannot be used; the message says why
     */
    default AdapterWeights readAdapter(String name, Path file) {
        throw new GenerationException.Failed(
                "model " + metadata().name() + " takes no adapters; export it again with --adapters", null);
    }

    /** From now on what is appended to {@code slot} is computed with this adapter; null = without, as at the beginning. */
    default void useAdapter(int slot, @Nullable AdapterWeights adapter) {
        if (adapter != null) {
            throw new UnsupportedOperationException("model " + metadata().name() + " takes no adapters");
        }
    }

    /** Releases sessions and native memory. Idempotent. */
    @Override
    void close();

    /** Which positions of a chunk the caller wants logits of: the head is a fifth of a small model. */
    enum LogitsWanted {
        NONE,
        LAST,
        ALL
    }
}
