@NullMarked
package io.causalstreams.tuning;

import org.jspecify.annotations.NullMarked;
