/** The command line, the development broker and what they share. */
@NullMarked
package io.causalstreams.app;

import org.jspecify.annotations.NullMarked;
