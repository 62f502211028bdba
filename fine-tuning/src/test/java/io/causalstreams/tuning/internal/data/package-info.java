@NullMarked
package io.causalstreams.tuning.internal.data;

import org.jspecify.annotations.NullMarked;
