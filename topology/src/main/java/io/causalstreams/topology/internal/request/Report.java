package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.TokenChunk;

/** What the engine reports of a submission: tokens, then one end. */
sealed interface Report<K, V> {

    /** Of which submission. */
    Submission<K, V> submission();

    /** The next tokens of a choice. */
    record Tokens<K, V>(Submission<K, V> submission, TokenChunk chunk) implements Report<K, V> {}

    /** Every choice has ended. */
    record Completed<K, V>(Submission<K, V> submission, GenerationEvent.Finished finished) implements Report<K, V> {}

    /** It ended, or did not begin, for this reason. */
    record Failed<K, V>(Submission<K, V> submission, RuntimeException error) implements Report<K, V> {}
}
