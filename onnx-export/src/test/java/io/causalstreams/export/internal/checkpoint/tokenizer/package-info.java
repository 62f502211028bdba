@NullMarked
package io.causalstreams.export.internal.checkpoint.tokenizer;

import org.jspecify.annotations.NullMarked;
