/** Bidirectional encoders: configuration keys and tensor names of each family, read into a common description. */
@NullMarked
package io.causalstreams.export.internal.encoder;

import org.jspecify.annotations.NullMarked;
