/** The endpoints: bodies in, prompt events out; events in, bodies out. */
@NullMarked
package io.causalstreams.http.internal.api;

import org.jspecify.annotations.NullMarked;
