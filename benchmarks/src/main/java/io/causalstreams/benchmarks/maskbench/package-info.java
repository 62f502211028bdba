/** MaskBench (guidance-ai/jsonschemabench): coverage and speed of constrained decoding over real schemas. */
@NullMarked
package io.causalstreams.benchmarks.maskbench;

import org.jspecify.annotations.NullMarked;
