/** Avro: types as JSON, their schema beside their reader. */
@NullMarked
package io.causalstreams.registry.internal.avro;

import org.jspecify.annotations.NullMarked;
