/** Learning from corrections: a topology that collects them, and rounds of tuning whose adapters are published if they are better. */
@NullMarked
package io.causalstreams.learning;

import org.jspecify.annotations.NullMarked;
