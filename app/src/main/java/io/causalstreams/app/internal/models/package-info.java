/** From what the user calls a model to a directory the engine can open: names, downloads, exports, and where they are kept. */
@NullMarked
package io.causalstreams.app.internal.models;

import org.jspecify.annotations.NullMarked;
