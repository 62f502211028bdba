/** Low-rank adapters in the files of peft. */
@NullMarked
package io.causalstreams.export.internal.adapter;

import org.jspecify.annotations.NullMarked;
