/** The engine of models that read whole texts: embeddings, and scores of pairs. */
@NullMarked
package io.causalstreams.inference.internal.engine.pooled;

import org.jspecify.annotations.NullMarked;
