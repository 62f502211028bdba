/** Recorded prompts asked again, of two adapters. */
@NullMarked
package io.causalstreams.app.internal.replay;

import org.jspecify.annotations.NullMarked;
