@NullMarked
package io.causalstreams.export.internal.mixing;

import org.jspecify.annotations.NullMarked;
