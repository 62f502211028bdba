/** The step loop, its thread, and the state of every sequence. */
@NullMarked
package io.causalstreams.inference.internal.engine;

import org.jspecify.annotations.NullMarked;
