@NullMarked
package io.causalstreams.tuning.internal.differentiation;

import org.jspecify.annotations.NullMarked;
