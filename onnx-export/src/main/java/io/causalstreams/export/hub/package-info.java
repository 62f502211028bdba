/**
 * Downloads checkpoints from a Hugging-Face-compatible hub into a cache laid out as {@code huggingface_hub} does, so that
 * both find each other's files. {@link io.causalstreams.export.hub.HubClient} is the door.
 *
 * <p>What the hub says is untrusted input: names are checked before they become paths, sizes and digests after they became
 * files.
 */
@NullMarked
package io.causalstreams.export.hub;

import org.jspecify.annotations.NullMarked;
