/** What arrivals ask of the engine, and the records that answer them: tokens, completions and dead letters. */
@NullMarked
package io.causalstreams.topology.internal.answer;

import org.jspecify.annotations.NullMarked;
