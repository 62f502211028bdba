/** Fine-tuning: records in, an adapter out. */
@NullMarked
package io.causalstreams.tuning;

import org.jspecify.annotations.NullMarked;
