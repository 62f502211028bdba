@NullMarked
package io.causalstreams.export.internal.quantization;

import org.jspecify.annotations.NullMarked;
