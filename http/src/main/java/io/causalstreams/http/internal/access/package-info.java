/** Who may ask, and how much. */
@NullMarked
package io.causalstreams.http.internal.access;

import org.jspecify.annotations.NullMarked;
