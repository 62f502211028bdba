/** Low-rank adapters: what they adapt, their parameters, peft's files. */
@NullMarked
package io.causalstreams.tuning.internal.adapter;

import org.jspecify.annotations.NullMarked;
