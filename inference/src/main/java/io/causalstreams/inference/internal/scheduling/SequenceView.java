package io.causalstreams.inference.internal.scheduling;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sequence as the policy sees it.
 *
 * @param id unique among the sequences of the engine
 * @param hasSlot whether it owns a slot
 * @param pendingTokens tokens to compute before its next token can be sampled in a decode step; 0 = it decodes
 * @param chunkLimit most tokens of it that one chunk may hold
 * @param priority lower runs earlier
 * @param arrival order of submission
 * @param deadline after it the sequence is worthless; null = never
 * @param user whose share its tokens are counted on
 */
public record SequenceView(
        long id,
        boolean hasSlot,
        int pendingTokens,
        int chunkLimit,
        int priority,
        long arrival,
        @Nullable Instant deadline,
        String user) {}
