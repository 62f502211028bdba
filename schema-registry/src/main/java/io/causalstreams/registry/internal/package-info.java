/** Versions of a form: which is the latest, and what was one before. */
@NullMarked
package io.causalstreams.registry.internal;

import org.jspecify.annotations.NullMarked;
