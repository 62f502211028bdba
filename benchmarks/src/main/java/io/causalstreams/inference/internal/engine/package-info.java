/** Benchmarks of the engine's loop, in its package because it is not public. */
@NullMarked
package io.causalstreams.inference.internal.engine;

import org.jspecify.annotations.NullMarked;
