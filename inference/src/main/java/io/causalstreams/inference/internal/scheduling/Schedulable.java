package io.causalstreams.inference.internal.scheduling;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A sequence as the policy sees it. What it says does not change while a step is planned. */
public interface Schedulable {

    /** Whether it owns a slot. */
    boolean hasSlot();

    /** Tokens to compute before its next token can be sampled in a decode step; 0 = it decodes. */
    int pendingTokens();

    /** Most tokens of it that one chunk may hold. */
    int chunkLimit();

    /** Lower runs earlier. */
    int priority();

    /** Order of submission; no two have the same. */
    long arrival();

    /** After it the sequence is worthless; null = never. */
    @Nullable
    Instant deadline();

    /** Whose share its tokens are counted on. */
    String user();
}
