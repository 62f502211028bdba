/** Which matrices of a decoder get a finer arithmetic than the others, by what was measured. */
@NullMarked
package io.causalstreams.export.internal.mixing;

import org.jspecify.annotations.NullMarked;
