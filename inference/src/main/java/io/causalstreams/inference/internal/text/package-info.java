/** Tokenizer, chat template, streaming detokenizer. */
@NullMarked
package io.causalstreams.inference.internal.text;

import org.jspecify.annotations.NullMarked;
