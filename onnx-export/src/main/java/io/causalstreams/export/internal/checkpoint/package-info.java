/**
 * A checkpoint whatever its file format: configuration, weights and tokenizer in Hugging Face's names and layout.
 *
 * <p>{@link io.causalstreams.export.internal.checkpoint.Checkpoint} is what every format implements, in a package of its
 * own below this one. Files are untrusted input: every count, offset and name is checked before it is used, and a bad file
 * ends in one {@link io.causalstreams.export.internal.checkpoint.CheckpointException}.
 */
@NullMarked
package io.causalstreams.export.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
