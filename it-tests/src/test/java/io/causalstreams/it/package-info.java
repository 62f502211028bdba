/** Tests across modules: the real model, a real broker, processes that are killed. */
@NullMarked
package io.causalstreams.it;

import org.jspecify.annotations.NullMarked;
