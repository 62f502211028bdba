/** What makes one vector or one score of a text's tokens, in the files of sentence-transformers. */
@NullMarked
package io.causalstreams.export.internal.pooling;

import org.jspecify.annotations.NullMarked;
