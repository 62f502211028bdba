/** Output constraints compiled to token masks. */
@NullMarked
package io.causalstreams.inference.internal.constraint;

import org.jspecify.annotations.NullMarked;
