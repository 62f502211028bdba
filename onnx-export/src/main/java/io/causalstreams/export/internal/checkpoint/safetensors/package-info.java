/** A directory of safetensors files as a checkpoint. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
