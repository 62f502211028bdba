@NullMarked
package io.causalstreams.tuning.internal.model;

import org.jspecify.annotations.NullMarked;
