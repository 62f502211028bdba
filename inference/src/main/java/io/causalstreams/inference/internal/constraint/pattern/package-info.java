/** Regular expressions over characters, parsed and encoded as expressions over bytes. */
@NullMarked
package io.causalstreams.inference.internal.constraint.pattern;

import org.jspecify.annotations.NullMarked;
