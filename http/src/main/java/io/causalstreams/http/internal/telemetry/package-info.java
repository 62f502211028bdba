/** What the door reports of itself. */
@NullMarked
package io.causalstreams.http.internal.telemetry;

import org.jspecify.annotations.NullMarked;
