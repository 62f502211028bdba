@NullMarked
package io.causalstreams.export.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
