/** Steps: optimiser, schedule, state that resumes. */
@NullMarked
package io.causalstreams.tuning.internal.training;

import org.jspecify.annotations.NullMarked;
