/** How corrections become records, and records rounds. */
@NullMarked
package io.causalstreams.learning.internal;

import org.jspecify.annotations.NullMarked;
