/** The story in one terminal: prompts, tokens side by side, completions, a dead letter. */
@NullMarked
package io.causalstreams.app.internal.demo;

import org.jspecify.annotations.NullMarked;
