/** Arithmetic with fewer bits, and the changes to a decoder that make it accurate. */
@NullMarked
package io.causalstreams.export.internal.quantization;

import org.jspecify.annotations.NullMarked;
