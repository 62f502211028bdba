/** What an operations team asks a running {@code serve}: meters, health and requests over HTTP, and traces. */
@NullMarked
package io.causalstreams.app.internal.operations;

import org.jspecify.annotations.NullMarked;
