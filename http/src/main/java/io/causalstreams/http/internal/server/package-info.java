/** HTTP itself: routes, limits, TLS. */
@NullMarked
package io.causalstreams.http.internal.server;

import org.jspecify.annotations.NullMarked;
