/** Dead letters: the original record with what went wrong in its headers. */
@NullMarked
package io.causalstreams.topology.internal.error;

import org.jspecify.annotations.NullMarked;
