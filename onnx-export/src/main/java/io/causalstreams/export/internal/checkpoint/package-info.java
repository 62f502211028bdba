/**
 * Opens checkpoints: configuration, weights and tokenizer in Hugging Face's names and layout, whatever the file format.
 *
 * <p>{@link io.causalstreams.export.internal.checkpoint.Checkpoint#open} is the door. Files are untrusted input: every
 * count, offset and name is checked before it is used, and a bad file ends in one
 * {@link io.causalstreams.export.internal.checkpoint.CheckpointException}.
 */
@NullMarked
package io.causalstreams.export.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
