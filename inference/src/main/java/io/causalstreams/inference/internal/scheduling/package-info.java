/** What the next step computes: a pure function of what is waiting and running. */
@NullMarked
package io.causalstreams.inference.internal.scheduling;

import org.jspecify.annotations.NullMarked;
