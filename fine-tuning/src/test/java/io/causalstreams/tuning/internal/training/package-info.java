@NullMarked
package io.causalstreams.tuning.internal.training;

import org.jspecify.annotations.NullMarked;
